import assert from "node:assert/strict";
import process from "node:process";
import { test } from "node:test";
import { FAILURE_CODES, UpstreamError } from "../failures/mod.ts";

import { SseTooLargeError } from "../sse/decode.ts";
import { DIALECTS, type DialectOptions } from "../testing/dialects.ts";
import { mutate, randomBytes, wordSoup } from "../testing/mutate.ts";
import { seededRandom } from "../testing/seeded_random.ts";
import { cutBytes, loadWireCorpus } from "../testing/wire_corpus.ts";
import type { Provider, ProviderPart } from "./mod.ts";

/** Time for all dialects together, in milliseconds. */
const BUDGET_MS = process.env.COGNIFORGE_LONG === "1" ? 60_000 : 2_000;
/** The same in every ordinary run, so that a change that breaks nothing never turns it red; another in each long one. */
const SEED = Number(process.env.COGNIFORGE_SEED ?? (process.env.COGNIFORGE_LONG === "1" ? Date.now() % 2 ** 31 : 1));
/** Of a recording only the beginning is taken: its oddities stand there, and many small cases find more than a few large ones. */
const MAX_BYTES = 3_000;
/** No case takes longer, on a busy machine. */
const CASE_MS = 5_000;
const REPORTS: readonly ProviderPart["type"][] = ["alive", "usage", "cost", "model"];

const dialects = Object.entries(DIALECTS);
console.log(
  `fuzz: seed ${SEED}, ${BUDGET_MS} ms (COGNIFORGE_SEED repeats it; a failure names the seed of its own case)`,
);

for (const [dialect, makeProvider] of dialects) {
  test(`${dialect} ends every answer with what it promises, or an UpstreamError, whatever the upstream says`, async () => {
    const recordings = loadWireCorpus(dialect).cases.map(({ body }) => body.subarray(0, MAX_BYTES));
    const end = performance.now() + BUDGET_MS / dialects.length;
    let cases = 0;
    for (; cases === 0 || performance.now() < end; cases++) {
      const seed = SEED + cases;
      const random = seededRandom(seed);
      const recording = recordings[Math.floor(random() * recordings.length)] ?? new Uint8Array();
      const other = recordings[Math.floor(random() * recordings.length)] ?? new Uint8Array();
      const kind = random();
      const body =
        kind < 0.05
          ? randomBytes(random, random() * 2_000)
          : kind < 0.15
            ? wordSoup(random, random() * 300)
            : mutate(random, recording, other);
      // Few pieces mostly: each costs a turn of the stream.
      const most = random() < 0.1 ? 3 : 2 + Math.floor(random() * body.length);
      const pieces = cutBytes(body, () => 1 + Math.floor(random() * most));
      const status = random() < 0.9 ? 200 : 200 + Math.floor(random() * 400);
      try {
        await checkAnswer(makeProvider, pieces, status);
      } catch (error) {
        const text = JSON.stringify(new TextDecoder().decode(body).slice(0, 2_000));
        throw new Error(`${dialect}, seed ${seed}, status ${status}: ${String(error)}\n${text}`, { cause: error });
      }
    }
    console.log(`fuzz: ${dialect}: ${cases} cases of ${recordings.length} recordings`);
  });
}

async function checkAnswer(
  makeProvider: (options: DialectOptions) => Provider,
  pieces: readonly Uint8Array[],
  status: number,
): Promise<void> {
  const fetch = async () => {
    let at = 0;
    const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
      pull(controller) {
        const piece = pieces[at++];
        if (piece === undefined) controller.close();
        else controller.enqueue(new Uint8Array(piece));
      },
    });
    const hasBody = ![204, 205, 304].includes(status);
    return new Response(hasBody ? body : null, { status, headers: { "content-type": "text/event-stream" } });
  };
  const provider = makeProvider({
    name: "fuzz",
    baseUrl: "http://127.0.0.1:1/v1",
    fetch,
    now: () => 1_790_000_000_000,
  });
  const stream = provider.stream(
    { model: "m", messages: [{ role: "user", content: "Hello" }], parameters: {} },
    { signal: new AbortController().signal, timeouts: { connectMs: 1000 } },
  );
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`No end within ${CASE_MS} ms`)), CASE_MS);
  });
  try {
    await Promise.race([checkParts(stream), late]);
  } finally {
    clearTimeout(timer);
  }
}

async function checkParts(stream: AsyncIterable<readonly ProviderPart[]>): Promise<void> {
  const types: ProviderPart["type"][] = [];
  try {
    for await (const batch of stream) {
      assert.ok(batch.length > 0, "no batch is empty");
      for (const part of batch) {
        types.push(part.type);
        checkPart(part);
      }
    }
  } catch (error) {
    if (!(error instanceof UpstreamError)) throw error;
    assert.ok(FAILURE_CODES.includes(error.failure.code), error.failure.code);
    // The connection never fails here, so that any other cause is a decoder that stumbled.
    assert.ok(
      error.cause === undefined || error.cause instanceof SseTooLargeError,
      String((error.cause as Error)?.stack),
    );
    assert.ok(!types.includes("finish"), "an error after the finish is no failure");
  }
  if (types.length > 0) assert.equal(types[0], "headers");
  const end = types.indexOf("finish");
  const after = end < 0 ? [] : types.slice(end + 1).filter((type) => !REPORTS.includes(type));
  // What a model says after its own end is shown rather than lost; it never ends twice.
  assert.ok(!after.includes("finish"), "the model finishes once");
}

function checkPart(part: ProviderPart): void {
  switch (part.type) {
    case "text":
    case "reasoning":
      assert.notEqual(part.text, "", `no ${part.type} is empty`);
      assert.ok(part.text.isWellFormed(), `no half of a character goes on: ${JSON.stringify(part.text)}`);
      break;
    case "tool-call":
      JSON.parse(part.arguments);
      assert.equal(typeof part.id, "string");
      assert.ok(part.id !== "" && part.name !== "", "a call has an id and a name");
      break;
    case "model":
      assert.ok(typeof part.model === "string" && part.model !== "", "a model has a name");
      break;
    case "usage":
      for (const count of Object.values(part.usage)) assert.ok(count !== undefined && count >= 0, `usage ${count}`);
      break;
    case "cost":
      assert.ok(Number.isFinite(part.cost.amount) && part.cost.amount >= 0, `cost ${part.cost.amount}`);
      break;
    case "finish":
      assert.ok(["stop", "length", "tool-calls", "content-filter", "other"].includes(part.reason.unified));
      assert.ok(part.reason.raw === undefined || typeof part.reason.raw === "string");
      break;
  }
}
