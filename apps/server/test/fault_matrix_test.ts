import type { AddressInfo, Socket } from "node:net";
import { createServer } from "node:net";
import { expect, test, vi } from "vitest";
import type { Fault, Stage, Verdict } from "./_fault_play.ts";
import { CUT_AT, courseOf, event, piecesOf, play, ROLE, STAGES, TEXT, upTo } from "./_fault_play.ts";
import { Line } from "./_misbehaving_upstream.ts";
import { startServer } from "./_server.ts";
import { overHttp, watch } from "./_trpc_client.ts";
import { JSON_TYPE, STOP, startUpstream, streamReply } from "./_upstream.ts";

vi.setConfig({ testTimeout: 30_000, maxConcurrency: 16 });

const HTML = { "content-type": "text/html" };
const PAGE = "<!doctype html>\n<html><head><title>502</title></head>\n<body>Bad gateway secret-body</body></html>\n";
const GARBAGE = Buffer.from(Array.from({ length: 600 }, (_, index) => 128 + ((index * 97) % 127)));

const finish = (word: string) => event({ choices: [{ index: 0, delta: {}, finish_reason: word }] });
const jsonError = (error: unknown) => JSON.stringify({ error });

/** Says something as its last words, and ends the body well. */
const lastWords = (...words: (string | Uint8Array)[]): Fault => ({
  async act(line) {
    for (const word of words) await line.say(word);
    await line.end();
  },
});

const CUT: Verdict = ["cut", "again"];
const SILENCE = {
  headers: ["first-token-timeout", "next"],
  role: ["first-token-timeout", "next"],
  text: ["stall", "next"],
} as const;
const all = (verdict: Verdict) => ({ headers: verdict, role: verdict, text: verdict });
/** What opens the body tells that it is no answer; behind an answer's beginning it is rubbish before a cut. */
const RUBBISH = { headers: ["malformed", "next"], role: CUT, text: CUT } as const;

/** What can happen to a body that began with 200, and what is made of it at each stage. */
const BODY_FAULTS: readonly [name: string, fault: Fault, verdicts: Partial<Record<Stage, Verdict>>][] = [
  ["a reset", { act: (line) => line.reset() }, all(CUT)],
  ["a close without the last chunk", { act: (line) => line.close() }, all(CUT)],
  ["a close below the content-length", { framing: "content-length", act: (line) => line.close() }, all(CUT)],
  ["a close of a body without length", { framing: "none", act: (line) => line.close() }, all(CUT)],
  ["a clean end without a finish", { act: (line) => line.end() }, all(CUT)],
  ["an end within an event", lastWords('data: {"id":"chatcmpl-upstream","choices":[{"index":0,"del'), all(CUT)],
  ["gzip cut short", { isGzip: true, act: (line) => line.end() }, all(CUT)],
  ["a hang", { act() {} }, SILENCE],
  ["a hang with comments", { act: (line) => line.sayEvery(50, ": OPENROUTER PROCESSING\n\n") }, SILENCE],
  ["a hang with empty chunks", { act: (line) => line.sayEvery(50, event({ choices: [] })) }, SILENCE],
  [
    "OpenRouter's error chunk",
    lastWords(
      event({
        error: { code: "server_error", message: "Provider disconnected secret-body" },
        choices: [{ index: 0, delta: { content: "" }, finish_reason: "error" }],
      }),
    ),
    all(["server-error", "again"]),
  ],
  [
    "OpenRouter's rate limit without choices, and [DONE]",
    lastWords(event({ error: { code: 429, message: "Rate limited" }, choices: [] }), "data: [DONE]\n\n"),
    all(["rate-limit", "again"]),
  ],
  [
    "Groq's 'event: error'",
    lastWords(`event: error\ndata: ${jsonError({ message: "Failed", type: "server_error" })}\n\n`),
    all(["server-error", "again"]),
  ],
  [
    "Groq's 'event: error' of a call that can't be parsed",
    lastWords(`event: error\ndata: ${jsonError({ message: "Failed to call", code: "tool_use_failed" })}\n\n`),
    all(["invalid-tool-call", "again"]),
  ],
  [
    "a bare 'error:' line",
    lastWords(`error: ${jsonError({ message: "failed to decode" })}\n`),
    all(["server-error", "again"]),
  ],
  [
    "bare JSON over many lines",
    lastWords(JSON.stringify({ error: { code: 503, message: "Overloaded", status: "UNAVAILABLE" } }, null, 2)),
    all(["overloaded", "again"]),
  ],
  [
    "an overload in Anthropic's words",
    lastWords(`event: error\ndata: ${JSON.stringify({ type: "error", error: { type: "overloaded_error" } })}\n\n`),
    all(["overloaded", "again"]),
  ],
  [
    "a key that is refused under 200",
    lastWords(event({ error: { code: 401 }, choices: [] })),
    all(["provider-auth", "next"]),
  ],
  ["a page", lastWords(PAGE), RUBBISH],
  ["a proxy's plain words", lastWords("upstream error: read ECONNRESET\n"), RUBBISH],
  ["garbage bytes", lastWords(GARBAGE), RUBBISH],
  ["events that are no JSON", lastWords("data: }{\n\n".repeat(8)), all(["malformed", "next"])],
  [
    "a shortage that is told as a finish reason",
    lastWords(finish("insufficient_system_resource")),
    {
      ...all(["overloaded", "again"]),
    },
  ],
];

/** Statuses before the stream. `waitMs` is what the upstream asks for. */
const STATUSES: readonly [name: string, status: number, body: string, verdict: Verdict, more?: StatusOptions][] = [
  ["a bad request", 400, jsonError({ message: "Bad", type: "invalid_request_error" }), ["invalid-request", "tell"]],
  [
    "a context overflow",
    400,
    jsonError({ message: "…", code: "context_length_exceeded" }),
    ["context-too-long", "next"],
  ],
  ["a blocked prompt", 400, jsonError({ message: "…", code: "content_filter" }), ["content-filter", "tell"]],
  [
    "a parameter that it lacks",
    400,
    jsonError({ message: "…", code: "unsupported_parameter" }),
    ["invalid-request", "next"],
  ],
  ["a bad key", 401, jsonError({ message: "Incorrect API key secret-body" }), ["provider-auth", "next"]],
  ["no money", 402, jsonError({ message: "Insufficient Balance" }), ["insufficient-credit", "next"]],
  ["no permission", 403, jsonError({ type: "permission_error" }), ["provider-forbidden", "next"]],
  ["no such model", 404, jsonError({ message: "The model does not exist" }), ["model-not-found", "next"]],
  ["a request that took too long", 408, jsonError({ code: 408 }), ["upstream-timeout", "next"]],
  ["a lock", 409, jsonError({ type: "conflict_error" }), ["conflict", "again"]],
  ["too large a request", 413, PAGE, ["request-too-large", "next"], { headers: HTML }],
  ["a request that can't be read", 422, jsonError({ message: "Unprocessable" }), ["invalid-request", "tell"]],
  ["a rate limit", 429, jsonError({ code: "rate_limit_exceeded" }), ["rate-limit", "again"]],
  ["a rate limit", 429, "", ["rate-limit", "next"], { headers: { "retry-after": "20" }, waitMs: [20_000, 20_000] }],
  ["a rate limit until a date", 429, "", ["rate-limit", "next"], { untilDate: true, waitMs: [20_000, 31_000] }],
  ["a rate limit", 429, "", ["rate-limit", "next"], { headers: { "retry-after-ms": "1500" }, waitMs: [1500, 1500] }],
  [
    "a rate limit that states its wait in words",
    429,
    jsonError({ message: "Rate limit reached. Please try again in 4.77s.", code: "rate_limit_exceeded" }),
    ["rate-limit", "next"],
    { waitMs: [4770, 4770] },
  ],
  [
    "a rate limit with RetryInfo",
    429,
    jsonError({
      code: 429,
      status: "RESOURCE_EXHAUSTED",
      details: [{ "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: "3.5s" }],
    }),
    ["rate-limit", "next"],
    { waitMs: [3500, 3500] },
  ],
  ["an empty account", 429, jsonError({ code: "insufficient_quota" }), ["insufficient-credit", "next"]],
  [
    "a day's quota",
    429,
    jsonError({ message: "Rate limit exceeded: free-models-per-day" }),
    ["quota-exhausted", "next"],
  ],
  ["a fault", 500, jsonError({ message: "boom secret-body" }), ["server-error", "again"]],
  ["a fault not to be tried again", 500, "", ["server-error", "next"], { headers: { "x-should-retry": "false" } }],
  ["a proxy's page", 502, PAGE, ["server-error", "again"], { headers: HTML }],
  ["an overload", 503, "no healthy upstream", ["overloaded", "again"]],
  [
    "an overload with a wait",
    503,
    "",
    ["overloaded", "next"],
    { headers: { "retry-after": "7" }, waitMs: [7000, 7000] },
  ],
  ["a proxy's limit", 504, PAGE, ["upstream-timeout", "next"], { headers: HTML }],
  ["an overload", 529, JSON.stringify({ type: "error", error: { type: "overloaded_error" } }), ["overloaded", "again"]],
];

interface StatusOptions {
  headers?: Record<string, string>;
  /** The wait is told as a date half a minute ahead. */
  untilDate?: boolean;
  /** The wait that readers are told, at least and at most. */
  waitMs?: [number, number];
}

const isSilence = (verdicts: (typeof BODY_FAULTS)[number][2]) => verdicts === SILENCE;

for (const [name, fault, verdicts] of BODY_FAULTS) {
  for (const stage of ["headers", "role"] as const) {
    const verdict = verdicts[stage];
    if (verdict === undefined) continue;
    test.concurrent(`${name} ${STAGES[stage]} is made good by the next target`, async () => {
      const played = await play({ bad: upTo(stage, fault), isSilent: isSilence(verdicts) });
      expect(played).toMatchObject({
        text: TEXT,
        end: { outcome: "completed", provider: "good" },
        ...courseOf(verdict),
      });
    });
  }
  const verdict = verdicts.text;
  if (verdict !== undefined) {
    for (const goesOn of [true, false]) {
      const how = goesOn ? "goes on from it" : "answers from the beginning";
      test.concurrent(`${name} ${STAGES.text} is made good by a target that ${how}`, async () => {
        const played = await play({ bad: upTo("text", fault), goesOn, isSilent: isSilence(verdicts) });
        expect(played).toMatchObject({ text: TEXT, end: { outcome: "completed" }, ...courseOf(verdict, true) });
        expect(played.handed).toEqual([goesOn ? "assistant" : "user"]);
      });
    }
  }
  test.concurrent(`${name} ${STAGES.finish} takes nothing from the answer`, async () => {
    const played = await play({ bad: upTo("finish", fault), isSilent: isSilence(verdicts) });
    expect(played).toMatchObject({
      text: TEXT,
      end: { outcome: "completed", finishReason: { unified: "stop" }, provider: "bad" },
      trail: ["bad first completed"],
      asked: [1, 0],
    });
  });
}

for (const [name, status, body, verdict, options = {}] of STATUSES) {
  const { headers = JSON_TYPE, untilDate, waitMs } = options;
  const asks = untilDate ? " (date)" : waitMs ? ` (${Object.keys(headers)[0]})` : "";
  test.concurrent(`${status} for ${name}${asks}, ${verdict[1] === "tell" ? "is told and shopped around nowhere" : "is made good by the next target"}`, async () => {
    const date = untilDate && { "retry-after": new Date(Date.now() + 30_000).toUTCString() };
    const played = await play({
      async bad(socket) {
        const line = new Line(socket);
        await line.head(status, { ...headers, ...date });
        await line.say(body || " ");
        await line.end();
      },
    });
    const isTold = verdict[1] === "tell";
    expect(played).toMatchObject({
      text: isTold ? "" : TEXT,
      end: isTold ? { outcome: "failed", failure: { code: verdict[0] } } : { outcome: "completed", provider: "good" },
      ...courseOf(verdict),
    });
    const setback = played.events.find((event) => event.type === "attempt-end");
    const [atLeast, atMost] = waitMs ?? [];
    if (atLeast === undefined) expect(setback?.failure?.retryAfterMs).toBeUndefined();
    else expect(setback?.failure?.retryAfterMs).toSatisfy((ms) => ms >= atLeast && ms <= (atMost ?? 0));
  });
}

/** What happens before any header. */
const BARE: readonly [name: string, act: (socket: Socket) => void, verdict: Verdict][] = [
  ["a reset", (socket) => void socket.resetAndDestroy(), ["network", "again"]],
  ["a close", (socket) => void socket.end(), ["network", "again"]],
  ["a hang", () => {}, ["first-token-timeout", "next"]],
  ["half a status line", (socket) => void socket.end("HTTP/1.1 20"), ["network", "again"]],
  ["bytes that are no HTTP", (socket) => void socket.end("\u0016\u0003\u0001 not http\r\n\r\n"), ["malformed", "next"]],
];

for (const [name, act, verdict] of BARE) {
  test.concurrent(`${name} before the headers is made good by the next target`, async () => {
    const played = await play({ bad: act, isSilent: verdict[0] === "first-token-timeout" });
    expect(played).toMatchObject({ text: TEXT, end: { outcome: "completed", provider: "good" }, ...courseOf(verdict) });
  });
}

test.concurrent("a refused connection is made good by the next target at once", async () => {
  const closed = createServer();
  await new Promise<void>((resolve) => closed.listen(0, "127.0.0.1", resolve));
  const { port } = closed.address() as AddressInfo;
  await new Promise((resolve) => closed.close(resolve));
  const played = await play({ bad() {}, badUrl: `http://127.0.0.1:${port}` });
  expect(played).toMatchObject({ text: TEXT, trail: courseOf(["network", "next"]).trail, asked: [0, 1] });
});

test.concurrent.each([
  ["a finish without text", [ROLE, event(STOP), "data: [DONE]\n\n"], "empty-answer"],
  ["the end mark alone", ["data: [DONE]\n\n"], "empty-answer"],
  ["blanks alone", [event(" \n "), event(STOP), "data: [DONE]\n\n"], "empty-answer"],
])("an empty answer (%s) is made good by the next target", async (_, words, code) => {
  const played = await play({ bad: upTo("headers", lastWords(...words)) });
  expect(played).toMatchObject({ text: TEXT, end: { outcome: "completed" }, ...courseOf([code, "again"]) });
});

test.concurrent("one event that is no JSON is skipped, and the answer goes on", async () => {
  const rest = piecesOf(TEXT.slice(CUT_AT)).map(event);
  const played = await play({ bad: upTo("text", lastWords("data: }{\n\n", ...rest, event(STOP), "data: [DONE]\n\n")) });
  expect(played).toMatchObject({ text: TEXT, trail: ["bad first completed"], asked: [1, 0] });
});

const FILTERED = event({ error: { code: "content_filter", message: "Blocked" }, choices: [] });

test.concurrent.each([
  ["as a finish reason", "role", finish("content_filter"), "failed"],
  ["as a finish reason", "text", finish("content_filter"), "completed"],
  ["as an error", "role", FILTERED, "failed"],
  ["as an error", "text", FILTERED, "failed"],
] as const)(
  "a content filter's verdict %s (%s) is told with what was said, and shopped around nowhere",
  async (_, stage, words, outcome) => {
    const played = await play({ bad: upTo(stage, lastWords(words, "data: [DONE]\n\n")) });
    expect(played).toMatchObject({
      text: stage === "text" ? TEXT.slice(0, CUT_AT) : "",
      end: { outcome, attempts: [{ outcome }] },
      asked: [1, 0],
    });
    const { finishReason, failure } = played.end;
    expect(outcome === "completed" ? finishReason?.unified : failure?.code).toBe("content-filter");
  },
);

test.concurrent.each(["role", "text"] as const)(
  "the model's own limit (%s) ends the answer, complete as it is",
  async (stage) => {
    const played = await play({ bad: upTo(stage, lastWords(finish("length"), "data: [DONE]\n\n")) });
    expect(played).toMatchObject({
      text: stage === "text" ? TEXT.slice(0, CUT_AT) : "",
      end: { outcome: "completed", finishReason: { unified: "length" } },
      asked: [1, 0],
    });
  },
);

test.concurrent("a rate limit with a short wait is waited for where no other target is left", async () => {
  let asked = 0;
  await using only = await startUpstream(() =>
    asked++ === 0 ? { status: 429, headers: { "retry-after-ms": "300" } } : streamReply(TEXT),
  );
  const arrivals: number[] = [];
  await using server = await startServer({
    config: {
      providers: { only: { dialect: "openai-chat", baseUrl: `${only.url}/v1`, model: "m" } },
      routes: { default: { targets: [{ provider: "only" }], maxRetries: 1 } },
    },
  });
  const client = overHttp(server.url);
  const { answerId } = await client.answers.start.mutate({ question: "Q" });
  for (const { event } of await watch(client, { answerId }).done) {
    if (event.type === "attempt-start") arrivals.push(event.at);
    if (event.type === "attempt-end" && event.next) expect(event.next).toMatchObject({ action: "retry" });
    if (event.type === "answer-end") expect(event).toMatchObject({ outcome: "completed", length: TEXT.length });
  }
  expect(only.requests).toHaveLength(2);
  expect((arrivals[1] ?? 0) - (arrivals[0] ?? 0)).toBeGreaterThanOrEqual(299);
});
