import { Lexer } from "marked";
import { describe, expect, test } from "vitest";
import { HOSTILE_MARKDOWN, MIXED_MARKDOWN } from "./corpus.ts";
import { type MarkdownBlock, MarkdownStream } from "./markdown_stream.ts";

const ALL = [...HOSTILE_MARKDOWN, ...MIXED_MARKDOWN];
const named = (texts: readonly string[]) => texts.map((text) => ({ name: JSON.stringify(text.slice(0, 60)), text }));
const shown = (blocks: readonly MarkdownBlock[]) => blocks.map(({ id, token }) => ({ id, token }));

/** A small generator with a fixed seed, so that a failure can be repeated. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

function streamed(text: string, random: () => number): readonly MarkdownBlock[] {
  const stream = new MarkdownStream();
  // Of a long text so many steps say as much as all.
  const step = Math.max(12, text.length / 40);
  for (let at = 0; at < text.length; ) {
    at = Math.min(text.length, at + 1 + Math.floor(random() * step));
    stream.update(text.slice(0, at));
  }
  return stream.blocks;
}

describe("MarkdownStream", () => {
  test.each(named(ALL))("gives the same blocks however the text arrives: $name", ({ text }) => {
    const whole = shown(new MarkdownStream().update(text));
    for (let seed = 1; seed <= (text.length > 1000 ? 2 : 12); seed++) {
      expect(shown(streamed(text, randomOf(seed))), `seed ${seed}`).toEqual(whole);
    }
  });

  test("gives the same blocks for texts put together at random", () => {
    const random = randomOf(7);
    const lines = ALL.flatMap((text) => text.split("\n")).filter((line) => line.length < 150);
    for (let round = 0; round < 150; round++) {
      const count = 1 + Math.floor(random() * 14);
      const text = Array.from({ length: count }, () => lines[Math.floor(random() * lines.length)]).join("\n");
      const whole = shown(new MarkdownStream().update(text));
      expect(shown(streamed(text, random)), JSON.stringify(text)).toEqual(whole);
    }
  });

  test("gives the blocks that marked gives for the whole text", () => {
    for (const text of MIXED_MARKDOWN.filter((one) => !/\$\$|\\\[|\[\^/.test(one))) {
      const tokens = new Lexer({ gfm: true, breaks: true }).lex(text);
      const visible = tokens.filter(({ type }) => type !== "space" && type !== "def").map(({ type }) => type);
      expect(new MarkdownStream().update(text).map(({ token }) => token.type)).toEqual(visible);
    }
  });

  test("keeps finished blocks as the same objects while the text grows", () => {
    const stream = new MarkdownStream();
    const text = "# One\n\nTwo **bold**\n\n- three\n- four\n\n```js\nfive()\n```\n\nSix\n\nSeven\n";
    const seen = new Map<number, MarkdownBlock>();
    for (let at = 1; at <= text.length; at++) {
      for (const block of stream.update(text.slice(0, at))) {
        const before = seen.get(block.id);
        if (before?.isFinished) expect(block).toBe(before);
        seen.set(block.id, block);
      }
    }
    expect(stream.blocks.filter(({ isFinished }) => isFinished)).toHaveLength(5);
  });

  test("reads a finished block again when a link that it uses is defined later", () => {
    const stream = new MarkdownStream();
    const before = stream.update("See [the page][1].\n\nOther\n\nMore\n");
    const after = stream.update("See [the page][1].\n\nOther\n\nMore\n\n[1]: https://example.com\n\nEnd\n");
    expect(JSON.stringify(after[0]?.token)).toContain('"href":"https://example.com"');
    expect(after[1]).toBe(before[1]);
  });

  test("begins anew with a text that does not go on from the one before", () => {
    const stream = new MarkdownStream();
    stream.update("one\n\ntwo\n\nthree");
    expect(stream.update("four").map(({ token }) => token.raw)).toEqual(["four"]);
  });

  test("reads no more than the open block and those that it has just closed, however long the answer is", () => {
    const section =
      "## Title\n\nA **bold** word and `code`.\n\n- one\n- two\n\n```ts\nrun();\n```\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n";
    const text = section.repeat(Math.ceil(128_000 / section.length));
    const stream = new MarkdownStream();
    let most = { blocks: 0, characters: 0 };
    for (let at = 8; at < text.length; at += 8) {
      const before = { ...stream.work };
      stream.update(text.slice(0, at), { isLive: true });
      const blocks = stream.work.blocks - before.blocks;
      const characters = stream.work.characters - before.characters;
      most = { blocks: Math.max(most.blocks, blocks), characters: Math.max(most.characters, characters) };
    }
    // Twice, once for what is finished and once for what is shown: the open block, the one that begins, and the space between.
    expect(most.blocks).toBeLessThanOrEqual(8);
    expect(most.characters).toBeLessThan(200);
    expect(stream.blocks.length).toBeGreaterThan(5000);
  });

  test("lexes only the open tail of a long text", () => {
    const paragraph = `${"word ".repeat(40)}\n\n`;
    const stream = new MarkdownStream();
    let text = "";
    const startedAt = performance.now();
    for (let count = 0; count < 1500; count++) {
      text += paragraph;
      stream.update(text);
    }
    // Reading all 300 kB again with each of the 1500 updates takes minutes.
    expect(performance.now() - startedAt).toBeLessThan(20_000);
    expect(stream.blocks).toHaveLength(1500);
  });
});
