import type { Token, Tokens } from "marked";
import { type FootnoteToken, type Links, lexBlocks, type MathToken } from "./block_lexer.ts";
import { completeTail } from "./complete_tail.ts";
import { reuseTokens } from "./reuse_tokens.ts";

/** A top-level block of a text. Its identity changes exactly when what it shows changes. */
export interface MarkdownBlock {
  /** Position among the blocks: the same block keeps it while the text grows. */
  readonly id: number;
  readonly token: Token;
  /** Whether more text can no longer change it. */
  readonly isFinished: boolean;
}

/** Options of {@linkcode MarkdownStream.update}. */
export interface UpdateOptions {
  /** More text is to come: what is half written at the end is shown completed, or not yet. */
  isLive?: boolean;
}

/** How much was read so far, to tell what an update costs. */
export interface StreamWork {
  /** Blocks that the lexer gave, each time it did. */
  blocks: number;
  /** Characters that the lexer was given. */
  characters: number;
}

/**
 * Cuts a growing Markdown text into blocks.
 *
 * A block is finished once a whole line after it belongs to another block; finished blocks are never read again, but for those
 * which use a link that is only defined further on. However the text arrives, the blocks are those of the whole text.
 */
export class MarkdownStream {
  /** Text that was taken, as it came. */
  #text = "";
  #isLive = false;
  /** What follows the finished blocks, with line ends as `\n`. */
  #tail = "";
  /** Length of the part of the tail in which finished blocks were already looked for. */
  #searched = 0;
  #finished: MarkdownBlock[] = [];
  #open: MarkdownBlock[] = [];
  #links: Links = {};
  readonly #work: StreamWork = { blocks: 0, characters: 0 };

  /** The text so far. */
  get text(): string {
    return this.#text;
  }

  get blocks(): readonly MarkdownBlock[] {
    return [...this.#finished, ...this.#open];
  }

  get work(): Readonly<StreamWork> {
    return this.#work;
  }

  /** Takes the text so far; what does not go on from the text before begins anew. */
  update(text: string, { isLive = false }: UpdateOptions = {}): readonly MarkdownBlock[] {
    if (text === this.#text && isLive === this.#isLive) return this.blocks;
    if (!text.startsWith(this.#text)) this.#reset();
    const fresh = text.slice(this.#text.length);
    // A carriage return at the end may be the first half of a line's end: the second half then adds nothing.
    const isHalf = this.#text.endsWith("\r") && fresh.startsWith("\n");
    this.#text = text;
    this.#isLive = isLive;
    this.#tail += (isHalf ? fresh.slice(1) : fresh).replace(/\r\n?/g, "\n");
    this.#finish();
    const shown = isLive ? completeTail(this.#tail) : this.#tail;
    this.#open = this.#toBlocks(this.#lex(shown), false, this.#open);
    return this.blocks;
  }

  #reset(): void {
    this.#text = "";
    this.#tail = "";
    this.#searched = 0;
    this.#finished = [];
    this.#open = [];
    this.#links = {};
  }

  /** Moves what whole lines have closed from the tail to the finished blocks. */
  #finish(): void {
    const whole = this.#tail.slice(0, this.#tail.lastIndexOf("\n") + 1);
    if (whole.length <= this.#searched) return;
    this.#searched = whole.length;
    const tokens = this.#lex(whole);
    const last = tokens.findLastIndex((token) => token.type !== "space");
    // Until its end has come, mathematics may still turn out to be a part of the paragraph before it.
    if (isOpenMath(tokens[last])) return;
    const closed = tokens.slice(0, Math.max(0, last));
    if (closed.length === 0) return;
    const raw = closed.map((token) => token.raw).join("");
    // The lexer's account of the source is what the cut depends on: where it doesn't add up, wait.
    if (!whole.startsWith(raw)) return;
    this.#tail = this.#tail.slice(raw.length);
    this.#searched -= raw.length;
    this.#finished.push(...this.#toBlocks(closed, true, this.#open));
    this.#define(closed);
  }

  #lex(source: string): Token[] {
    const tokens = lexBlocks(source, this.#links);
    this.#work.characters += source.length;
    this.#work.blocks += tokens.length;
    return tokens;
  }

  #toBlocks(tokens: readonly Token[], isFinished: boolean, before: readonly MarkdownBlock[]): MarkdownBlock[] {
    const first = this.#finished.length;
    return tokens
      .filter((token) => token.type !== "space" && token.type !== "def")
      .map((fresh, index) => {
        const id = first + index;
        const old = before.find((block) => block.id === id);
        // The same token as the same object: what is shown of it is not looked at again.
        const token = old === undefined ? fresh : reuseTokens(old.token, fresh);
        return old !== undefined && old.token === token && old.isFinished === isFinished
          ? old
          : { id, token, isFinished };
      });
  }

  /** Learns the links that finished lines define, and reads again only the finished blocks that wait for one of them. */
  #define(tokens: readonly (Token | FootnoteToken)[]): void {
    const fresh = tokens.filter(isDefinition).filter(({ tag }) => !Object.hasOwn(this.#links, tag));
    if (fresh.length === 0) return;
    for (const { tag, href, title } of fresh) {
      if (!Object.hasOwn(this.#links, tag)) this.#links[tag] = { href, title };
    }
    this.#finished = this.#finished.map((block) => {
      const raw = block.token.raw.toLowerCase().replace(/\s+/g, " ");
      if (!fresh.some(({ tag }) => raw.includes(`[${tag}]`))) return block;
      const token = this.#lex(block.token.raw).find((one) => one.type === block.token.type);
      return token === undefined ? block : { ...block, token };
    });
  }
}

function isOpenMath(token: Token | MathToken | undefined): boolean {
  return token?.type === "math" && "isClosed" in token && !token.isClosed;
}

/** Links are defined by themselves, and footnotes by their text. */
function isDefinition(token: Token | FootnoteToken): token is Tokens.Def {
  return token.type === "def" || token.type === "footnote";
}
