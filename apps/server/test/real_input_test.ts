import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import type { FailureCode } from "@cogniforge/core/failures";
import { httpStatusOf } from "@cogniforge/core/failures";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { seededRandom } from "../../../packages/core/testing/seeded_random.ts";
import { CODE_OF_KIND, compareWithCase } from "../../../packages/core/testing/wire_comparison.ts";
import { cutBytes, loadWireCorpus, type WireCase } from "../../../packages/core/testing/wire_corpus.ts";
import type { DoorName, Received } from "./_doors.ts";
import { openDoors } from "./_doors.ts";
import type { TestServer } from "./_server.ts";
import { startServer } from "./_server.ts";
import type { Upstream } from "./_upstream.ts";
import { startUpstream } from "./_upstream.ts";

// An answer in one piece becomes hundreds of durable pieces, five times over, on machines with other work to do.
vi.setConfig({ testTimeout: 60_000, maxConcurrency: 16 });

/** The same in every ordinary run, so that a change that breaks nothing never turns it red; another in each long one. */
const SEED = Number(process.env.COGNIFORGE_SEED ?? (process.env.COGNIFORGE_LONG === "1" ? Date.now() % 2 ** 31 : 1));
const random = seededRandom(SEED);

/** The model that is asked for: where an answer names none, the doors without a word for "unknown" name this one. */
const ASKED = "asked-model";

const DOORS: readonly DoorName[] = [
  "tRPC over SSE",
  "tRPC over WebSocket",
  "plain SSE",
  "/v1 streamed",
  "/v1 in one piece",
];

const { cases, part } = loadWireCorpus("openai-chat");
const answers = cases.filter((one) => one.expect.outcome === "ok" && one.transport === undefined);
const refusals = firstOfEachKind(cases);
const chosen = [...answers, ...refusals];
const passed = new Map<DoorName, number>();
const failedAsMeant = new Map<WireCase, string>();

let upstream: Upstream;
let server: TestServer;
let doors: ReturnType<typeof openDoors>;

beforeAll(async () => {
  upstream = await startUpstream(({ path }) => {
    const one = chosen[Number(path.split("/")[1])];
    if (one === undefined) return { status: 404 };
    const bytes = compress(one);
    // About as many pieces for a large body as for a small one, so that large ones take no longer.
    const longest = Math.max(40, Math.ceil(bytes.length / 50));
    return {
      status: one.status,
      headers: one.headers,
      pieces: cutBytes(bytes, () => 1 + Math.floor(random() * longest)),
    };
  });
  const providers = chosen.map((_, index) => [
    `case-${index}`,
    { dialect: "openai-chat" as const, baseUrl: `${upstream.url}/${index}/v1`, model: ASKED },
  ]);
  server = await startServer({
    config: { providers: Object.fromEntries(providers) },
    // A failure is told at once: what is tried again after it has its own tests.
    environment: { LLM_MAX_RETRIES: "0" },
  });
  doors = openDoors(server);
});

afterAll(async () => {
  await doors.close();
  await server[Symbol.asyncDispose]();
  await upstream[Symbol.asyncDispose]();
  for (const door of DOORS)
    console.log(
      `${door}: ${passed.get(door) ?? 0} of ${chosen.length} cases passed (${answers.length} answers, ${refusals.length} refusals)`,
    );
  for (const [one, code] of failedAsMeant) {
    if (one.expect.outcome === "ok") console.log(`nothing that can be shown, so told as ${code}: ${one.id}`);
  }
  for (const one of cases) {
    const reason = reasonToLeaveOut(one);
    if (reason !== undefined) console.log(`left out: ${one.id}: ${reason}`);
  }
  console.log(`seed ${SEED}; ran ${part}`);
});

for (const [index, one] of chosen.entries()) {
  test.concurrent(`Every door gives ${one.id} as its upstream meant it`, async () => {
    const differences: Record<string, string[]> = {};
    for (const door of DOORS) {
      const received = await doors.doors[door](`Question of ${one.id}`, `case-${index}/${ASKED}`);
      const code = failureMeant(one);
      const found = code === undefined ? compare(one, door, received) : compareFailure(door, received, code);
      if (found.length > 0) differences[door] = found;
      else passed.set(door, (passed.get(door) ?? 0) + 1);
      if (code !== undefined) failedAsMeant.set(one, code);
    }
    expect(differences).toEqual({});
  });
}

test("No answer of the corpus met a fault of the server", () => {
  expect(server.errors).toEqual([]);
});

/** One refused request for each kind of failure: the provider's own tests read all of them, here the doors tell them. */
function firstOfEachKind(all: readonly WireCase[]): WireCase[] {
  const byKind = new Map<string, WireCase>();
  for (const one of all) {
    const { outcome, error, accept } = one.expect;
    const isRefused = outcome === "http_error" || (outcome === "error_in_body" && error?.kind === "content_filter");
    if (!isRefused || error === null || accept?.["error.kind"] !== undefined || one.transport !== undefined) continue;
    const key = error.kind === "content_filter" ? one.id : error.kind;
    if (!byKind.has(key)) byKind.set(key, one);
  }
  return [...byKind.values()];
}

function reasonToLeaveOut(one: WireCase): string | undefined {
  if (chosen.includes(one)) return undefined;
  if (one.transport !== undefined) return "connections that misbehave have tests of their own";
  return `outcome ${one.expect.outcome}: read by the provider's own tests, and told here by one case of its kind`;
}

/** The code of the failure that the answer must end with; `undefined` where it must end well. */
function failureMeant({ expect: wanted }: WireCase): FailureCode | undefined {
  if (wanted.outcome !== "ok") return CODE_OF_KIND[wanted.error?.kind ?? ""] as FailureCode;
  // A model's refusal is text here; in the corpus it is apart, and accepted as text.
  const texts = [wanted.text, ...(wanted.accept?.text ?? [])];
  // Arguments that are no JSON stand in the corpus as a raw string: such a call reaches nobody.
  const hasCall = wanted.toolCalls.some((call) => typeof call.arguments !== "string");
  if (hasCall || texts.some((text) => String(text).trim() !== "")) return undefined;
  // A ceiling of tokens that was used up before any text is an end like another.
  if (wanted.finishReason === "length") return undefined;
  return wanted.finishReason === "content_filter" ? "content-filter" : "empty-answer";
}

function compare(one: WireCase, door: DoorName, received: Received): string[] {
  const failure = received.code === undefined ? undefined : { code: received.code as never, action: "tell" as const };
  const model = !door.startsWith("tRPC") && received.model === ASKED ? undefined : received.model;
  return compareWithCase(one, { ...received, model, failure });
}

function compareFailure(door: DoorName, { code, status, text }: Received, wanted: FailureCode): string[] {
  const differences: string[] = [];
  if (code !== wanted) differences.push(`code: wanted ${wanted}, found ${code}`);
  if (text !== "") differences.push(`text: wanted none, found ${text}`);
  if (door === "/v1 in one piece" && status !== httpStatusOf(wanted)) {
    differences.push(`status: wanted ${httpStatusOf(wanted)}, found ${status}`);
  }
  return differences;
}

/** The body as it was on the wire. */
function compress({ headers, body }: WireCase): Uint8Array {
  switch (headers["content-encoding"]) {
    case "gzip":
      return gzipSync(body);
    case "deflate":
      return deflateSync(body);
    case "br":
      return brotliCompressSync(body);
    default:
      return body;
  }
}
