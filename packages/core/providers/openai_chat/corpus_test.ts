import assert from "node:assert/strict";
import { after, test } from "node:test";
import { collectResult, compareWithCase } from "../../testing/wire_comparison.ts";
import { cutBytes, loadWireCorpus, responseOf, seededRandom, type WireCase } from "../../testing/wire_corpus.ts";
import type { ProviderFetch } from "../http/mod.ts";
import { OpenAiChatProvider } from "./mod.ts";

const IS_LONG = process.env.COGNIFORGE_LONG === "1";
/** Bodies up to this many bytes are replayed in the small sizes too. */
const SMALL_BODY_BYTES = IS_LONG ? 100_000 : 4_000;
const SEED = Number(process.env.COGNIFORGE_SEED ?? Date.now() % 2 ** 31);

const { cases, part } = loadWireCorpus("openai-chat");
const tally = new Map<string, { passed: number; failed: number }>();
const leftOut: string[] = [];
let replays = 0;

function count(key: string, isPassed: boolean): void {
  const row = tally.get(key) ?? { passed: 0, failed: 0 };
  tally.set(key, row);
  row[isPassed ? "passed" : "failed"]++;
}

function reasonToLeaveOut({ transport }: WireCase): string | undefined {
  if (transport === undefined || transport.phase === "drip" || transport.phase === "after-all") return undefined;
  if (transport.phase === "dns")
    return "a name that cannot be resolved needs a network; the refused connection stands for it";
  if (transport.phase === "after-headers") return "the limits on silence are the engine's";
  return transport.phase === "connect" ? undefined : `the replay has no '${transport.phase}'`;
}

async function replay(one: WireCase, fetch: ProviderFetch, label: string): Promise<void> {
  const now = () => one.clock ?? 1_790_000_000_000;
  const provider = new OpenAiChatProvider({ name: "replay", baseUrl: "http://127.0.0.1:1/v1", fetch, now });
  const messages = [{ role: "user" as const, content: "Hello" }];
  const stream = provider.stream(
    { model: "m", messages, parameters: {} },
    { signal: new AbortController().signal, timeouts: { connectMs: 1000 } },
  );
  replays++;
  assert.deepEqual(compareWithCase(one, await collectResult(stream)), [], label);
}

async function replayAllCuts(one: WireCase): Promise<void> {
  if (one.transport?.phase === "connect") {
    // Port 1 of this machine: nothing listens there.
    return await replay(one, (url, init) => fetch(url, init), "a refused connection");
  }
  const { body } = one;
  const hangs = one.transport?.how === "hang";
  const isSmall = body.length <= SMALL_BODY_BYTES;
  const run = async (size: number | (() => number), hasTurns: boolean, label: string) => {
    await replay(one, async () => responseOf(one, cutBytes(body, size), { hasTurns, hangs }), label);
  };
  await run(Math.max(1, body.length), false, "whole");
  for (const size of isSmall ? [1, 2, 3, 5, 7, 64, 1021] : [64, 1021]) await run(size, false, `pieces of ${size}`);
  for (const size of IS_LONG ? [3, 64, 1021] : [1021]) await run(size, true, `pieces of ${size} with turns`);
  const random = seededRandom(SEED);
  const longest = isSmall ? 40 : 4000;
  await run(() => 1 + Math.floor(random() * longest), false, `random pieces, COGNIFORGE_SEED=${SEED}`);
  if (!isSmall) {
    // A sample of the small sizes: bytes one by one around a place in the middle.
    const from = Math.floor(random() * body.length);
    let at = 0;
    const around = () => {
      const size = at < from ? from : at < from + 500 ? 1 : body.length;
      at += size;
      return Math.max(1, size);
    };
    await run(around, false, `bytes one by one from ${from}`);
  }
}

for (const one of cases) {
  const reason = reasonToLeaveOut(one);
  if (reason !== undefined) {
    leftOut.push(`${one.id}: ${reason}`);
    continue;
  }
  test(`OpenAiChatProvider reads ${one.id} however its bytes are cut`, async () => {
    let isPassed = false;
    try {
      await replayAllCuts(one);
      isPassed = true;
    } finally {
      count(`outcome ${one.expect.outcome}`, isPassed);
      for (const tag of one.tags) count(`tag ${tag}`, isPassed);
    }
  });
}

after(() => {
  const rows = [...tally].sort(([a], [b]) => (a < b ? -1 : 1));
  for (const [key, { passed, failed }] of rows) console.log(`${key}: ${passed} passed, ${failed} failed`);
  for (const line of leftOut) console.log(`left out: ${line}`);
  console.log(`${cases.length} cases, ${replays} replays, seed ${SEED}; ran ${part}${IS_LONG ? ", every cut" : ""}`);
});
