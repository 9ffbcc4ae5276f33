import assert from "node:assert/strict";
import process from "node:process";
import { after, test } from "node:test";
import type { Provider, ProviderFetch } from "../providers/mod.ts";
import { seededRandom } from "./seeded_random.ts";
import { collectResult, compareWithCase } from "./wire_comparison.ts";
import { cutBytes, loadWireCorpus, responseOf, type WireCase } from "./wire_corpus.ts";

/** What a provider under test is made with. */
export interface ReplayOptions {
  name: string;
  baseUrl: string;
  fetch: ProviderFetch;
  /** The moment at which the case's answer arrives, in epoch milliseconds. */
  now: () => number;
}

/** Options for {@linkcode testCorpus}. */
export interface CorpusTestOptions {
  /** The dialect's name in the corpus. */
  dialect: string;
  /** The class under test, for the names of the tests. */
  subject: string;
  makeProvider: (options: ReplayOptions, one: WireCase) => Provider;
  /** Why a case is left out; `undefined` for one that is not. */
  reasonToLeaveOut?: (one: WireCase) => string | undefined;
}

const IS_LONG = process.env.COGNIFORGE_LONG === "1";
/** The decoders are the same everywhere: what other runtimes do differently shows in a few ways of cutting as well. */
const IS_NODE = !("Deno" in globalThis) && !("Bun" in globalThis);
/** Bodies up to this many bytes are replayed in the small sizes too. */
const SMALL_BODY_BYTES = IS_LONG ? 100_000 : 4_000;
/** The same in every ordinary run, so that a change that breaks nothing never turns it red; another in each long one. */
const SEED = Number(process.env.COGNIFORGE_SEED ?? (process.env.COGNIFORGE_LONG === "1" ? Date.now() % 2 ** 31 : 1));

/**
 * Replays every case of a dialect, cut in every way, and compares what comes out with what the case expects.
 *
 * The last lines of the output say how many cases passed and failed by outcome and by tag, what was left out and why, and
 * which part of the corpus ran.
 */
export function testCorpus({ dialect, subject, makeProvider, reasonToLeaveOut }: CorpusTestOptions): void {
  const { cases, part } = loadWireCorpus(dialect);
  const tally = new Tally();
  const leftOut: string[] = [];
  let replays = 0;

  const replay = async (one: WireCase, fetch: ProviderFetch, label: string): Promise<void> => {
    const now = () => one.clock ?? 1_790_000_000_000;
    const provider = makeProvider({ name: "replay", baseUrl: "http://127.0.0.1:1/v1", fetch, now }, one);
    const stream = provider.stream(
      { model: "m", messages: [{ role: "user", content: "Hello" }], parameters: {} },
      { signal: new AbortController().signal, timeouts: { connectMs: 1000 } },
    );
    replays++;
    assert.deepEqual(compareWithCase(one, await collectResult(stream)), [], label);
  };

  for (const one of cases) {
    const reason = reasonToLeaveOut?.(one);
    if (reason !== undefined) {
      leftOut.push(`${one.id}: ${reason}`);
      continue;
    }
    test(`${subject} reads ${one.id} however its bytes are cut`, async () => {
      let isPassed = false;
      try {
        await replayAllCuts(one, (fetch, label) => replay(one, fetch, label));
        isPassed = true;
      } finally {
        tally.count(`outcome ${one.expect.outcome}`, isPassed);
        for (const tag of one.tags) tally.count(`tag ${tag}`, isPassed);
      }
    });
  }

  after(() => {
    for (const line of tally.lines()) console.log(`${dialect}: ${line}`);
    for (const line of leftOut) console.log(`${dialect}: left out: ${line}`);
    const ways = IS_LONG ? ", every cut" : "";
    console.log(`${dialect}: ${cases.length} cases, ${replays} replays, seed ${SEED}; ran ${part}${ways}`);
  });
}

async function replayAllCuts(
  one: WireCase,
  replay: (fetch: ProviderFetch, label: string) => Promise<void>,
): Promise<void> {
  if (one.transport?.phase === "connect") {
    // Port 1 of this machine: nothing listens there.
    return await replay((url, init) => fetch(url, init), "a refused connection");
  }
  const { body } = one;
  const hangs = one.transport?.how === "hang";
  const isSmall = body.length <= SMALL_BODY_BYTES;
  const run = async (size: number | (() => number), hasTurns: boolean, label: string) => {
    await replay(async () => responseOf(one, cutBytes(body, size), { hasTurns, hangs }), label);
  };
  await run(Math.max(1, body.length), false, "whole");
  const sizes = isSmall ? [1, 2, 3, 5, 7, 64, 1021] : [64, 1021];
  for (const size of IS_NODE || IS_LONG ? sizes : sizes.slice(0, 1)) await run(size, false, `pieces of ${size}`);
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

class Tally {
  readonly #rows = new Map<string, { passed: number; failed: number }>();

  count(key: string, isPassed: boolean): void {
    const row = this.#rows.get(key) ?? { passed: 0, failed: 0 };
    this.#rows.set(key, row);
    row[isPassed ? "passed" : "failed"]++;
  }

  lines(): string[] {
    const rows = [...this.#rows].sort(([a], [b]) => (a < b ? -1 : 1));
    return rows.map(([key, { passed, failed }]) => `${key}: ${passed} passed, ${failed} failed`);
  }
}
