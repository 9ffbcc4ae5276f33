import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { BOMBS, flood, type HostileUpstream, head, startHostileUpstream } from "./_hostile_upstream.ts";
import type { TestServer } from "./_server.ts";
import { startServer } from "./_server.ts";
import type { Upstream } from "./_upstream.ts";
import { chatStream, chunkOf, STOP, startUpstream, streamReply } from "./_upstream.ts";

vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 });

const MEBIBYTE = 1024 * 1024;
const ANSWER = "From the one that works: نعم 👍";
const KEY_OF_HOSTILE = "sk-hostile-0123456789";
const FIRST_TOKEN_MS = 1_500;
/** A comment stretches the limits to at most three times their length; the rest is a busy machine. */
const BOUND_MS = FIRST_TOKEN_MS * 3 + 10_000;
/** Longest line, event or answer is 8 Mi characters; the rest is what kernels and streams hold on the way. */
const MAX_SENT = 24 * MEBIBYTE;
/** Growth of the whole process, upstreams included, while it reads what has no end. */
const MAX_GROWTH = 200 * MEBIBYTE;

let works: Upstream;
beforeAll(async () => {
  works = await startUpstream(() => streamReply(ANSWER));
});
afterAll(async () => {
  await works[Symbol.asyncDispose]();
});

function startGateway(hostile: string): Promise<TestServer> {
  const provider = (url: string, apiKey: string) => ({ dialect: "openai-chat" as const, baseUrl: `${url}/v1`, apiKey });
  const targets = ["hostile", "works"].map((name) => ({ provider: name, model: "model-1" }));
  const timeouts = { connectMs: 5_000, firstTokenMs: FIRST_TOKEN_MS, idleMs: FIRST_TOKEN_MS, totalMs: 28_000 };
  return startServer({
    config: {
      providers: { hostile: provider(hostile, KEY_OF_HOSTILE), works: provider(works.url, "sk-works-0123456789") },
      routes: { default: { targets, maxRetries: 0, timeouts, onCut: "fail" } },
    },
  });
}

interface Outcome {
  text: string | undefined;
  attempts: { provider: string; outcome: string; failureCode?: string }[];
  /** Code of the failure of the whole answer. */
  code: string | undefined;
  tookMs: number;
  /** Most memory above what there was before, in bytes. */
  grewBytes: number;
  /** Longest time for which the server did not turn to anything else. */
  heldUpMs: number;
}

/** Asks through the server's own transport and measures what it cost. */
async function ask(server: TestServer): Promise<Outcome> {
  const before = process.memoryUsage.rss();
  let most = before;
  let heldUpMs = 0;
  let last = performance.now();
  const watching = setInterval(() => {
    most = Math.max(most, process.memoryUsage.rss());
    heldUpMs = Math.max(heldUpMs, performance.now() - last - 20);
    last = performance.now();
  }, 20);
  const began = performance.now();
  try {
    const response = await server.post("/v1/chat/completions", {
      model: "default",
      messages: [{ role: "user", content: "Q" }],
    });
    const said = await response.json();
    const tookMs = performance.now() - began;
    return {
      text: said.choices?.[0]?.message.content,
      attempts: said.cogniforge?.attempts ?? [],
      code: said.error?.code,
      tookMs,
      grewBytes: most - before,
      heldUpMs,
    };
  } finally {
    clearInterval(watching);
  }
}

/** The hostile target fails with the code, in time and memory, and the next one answers. */
async function expectFallback(hostile: HostileUpstream, code: string, maxSent = MAX_SENT): Promise<void> {
  await using server = await startGateway(hostile.url);
  const outcome = await ask(server);
  console.log(
    `${expect.getState().currentTestName}: ${Math.round(outcome.tookMs)} ms, ${hostile.sent()} bytes sent, ` +
      `${Math.round(outcome.grewBytes / MEBIBYTE)} MiB more, held up for ${Math.round(outcome.heldUpMs)} ms`,
  );
  expect(outcome.attempts).toMatchObject([
    { provider: "hostile", outcome: "failed", failureCode: code },
    { provider: "works", outcome: "completed" },
  ]);
  expect(outcome.text).toBe(ANSWER);
  expect(outcome.tookMs).toBeLessThan(BOUND_MS);
  expect(outcome.grewBytes).toBeLessThan(MAX_GROWTH);
  // The connection is cut: nothing goes on behind the back of the answer.
  await hostile.closed();
  expect(hostile.sent()).toBeLessThan(maxSent);
  expect(server.errors).toEqual([]);
}

const FLOODS: [name: string, code: string, first: string, again: string][] = [
  ["an endless line", "malformed", `${head("200 OK")}data: `, "x"],
  ["an endless line that is no event", "malformed", head("200 OK"), "x"],
  [
    "an event of endless lines",
    "malformed",
    head("200 OK"),
    "data: xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\n",
  ],
  ["endless blanks", "malformed", head("200 OK"), " \n"],
  ["endless JSON", "malformed", `${head("200 OK")}{"choices":[{"message":{"content":"`, "x"],
  ["a body of 5 GiB", "malformed", `${head("200 OK", { "content-length": String(5 * 1024 * MEBIBYTE) })}data: `, "x"],
  ["endless headers", "malformed", "HTTP/1.1 200 OK\r\n", `x-${"h".repeat(100)}: ${"v".repeat(1000)}\r\n`],
  ["an endless header", "malformed", "HTTP/1.1 200 OK\r\nx: ", "v"],
  ["an endless error body", "server-error", head("500 Internal Server Error"), "x"],
  ["an endless page", "malformed", `${head("200 OK", { "content-type": "text/html" })}<html>`, "<p>x</p>"],
];

for (const [name, code, first, again] of FLOODS) {
  test(`a hostile upstream with ${name} is given up with '${code}', and the next target answers`, async () => {
    await using hostile = await startHostileUpstream((socket) => flood(socket, first, again));
    await expectFallback(hostile, code);
  });
}

for (const [coding, [first, again]] of Object.entries(BOMBS)) {
  test(`a hostile upstream with a bomb of ${coding} is given up after a few mebibytes of what it holds`, async () => {
    await using hostile = await startHostileUpstream((socket) => {
      socket.write(head("200 OK", { "content-encoding": coding }));
      return flood(socket, first, again);
    });
    // Packed a thousand times: what was sent says little, what the process grew by says all.
    await expectFallback(hostile, "malformed");
  });
}

const TIMED: [name: string, first: string, again: string][] = [
  ["interim answers without end", "", "HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n"],
  ["tiny comments without end", head("200 OK"), ":\n\n"],
  ["empty chunks of an answer without end", head("200 OK"), `data: ${JSON.stringify(chunkOf({ choices: [] }))}\n\n`],
  ["an endless chunk extension", `${head("200 OK", { "transfer-encoding": "chunked" })}1;`, "x"],
];

for (const [name, first, again] of TIMED) {
  test(`a hostile upstream with ${name} is given up when its time is over, and holds up nobody`, async () => {
    await using hostile = await startHostileUpstream((socket) => flood(socket, first, again));
    await using server = await startGateway(hostile.url);
    const asking = ask(server);
    const answers: number[] = [];
    for (let count = 0; count < 5; count++) {
      const began = performance.now();
      expect((await server.fetch("/healthz")).status).toBe(200);
      answers.push(Math.round(performance.now() - began));
    }
    const { text, attempts, tookMs, grewBytes } = await asking;
    const sent = Math.round(hostile.sent() / MEBIBYTE);
    const grew = Math.round(grewBytes / MEBIBYTE);
    console.log(
      `${name}: ${Math.round(tookMs)} ms, ${sent} MiB sent, ${grew} MiB more, healthz in ${answers.join(", ")} ms`,
    );
    expect(attempts[0]).toMatchObject({
      provider: "hostile",
      failureCode: expect.stringMatching(/^(first-token-timeout|malformed)$/),
    });
    expect(text).toBe(ANSWER);
    expect(tookMs).toBeLessThan(BOUND_MS);
    expect(grewBytes).toBeLessThan(MAX_GROWTH);
    await hostile.closed();
  });
}

test("a hostile upstream that redirects is followed nowhere, and its key goes to no other host", async () => {
  await using elsewhere = await startUpstream(() => streamReply("stolen"));
  for (const status of [
    "301 Moved",
    "302 Found",
    "303 See Other",
    "307 Temporary Redirect",
    "308 Permanent Redirect",
  ]) {
    for (const where of [
      `${elsewhere.url}/v1/chat/completions`,
      "/v1/chat/completions",
      "//127.0.0.1:1/",
      "file:///etc/passwd",
    ]) {
      await using hostile = await startHostileUpstream((socket) =>
        socket.end(head(status, { location: where, "content-length": "0" })),
      );
      await expectFallback(hostile, "malformed");
    }
  }
  expect(elsewhere.requests).toEqual([]);
  const keys = new Set(works.requests.map(({ headers }) => headers.authorization));
  expect([...keys]).toEqual(["Bearer sk-works-0123456789"]);
});

const WHOLE = chatStream("whole", STOP).join("");

for (const [name, after] of [
  ["stays open", undefined],
  ["goes on without end", "data: x\n\n"],
] as const) {
  test(`a hostile upstream that ${name} after its end has answered, and is left`, async () => {
    await using hostile = await startHostileUpstream(async (socket) => {
      if (after === undefined) socket.write(head("200 OK") + WHOLE);
      else await flood(socket, head("200 OK") + WHOLE, after);
    });
    await using server = await startGateway(hostile.url);
    const { text, attempts, tookMs } = await ask(server);
    expect([text, attempts.length]).toEqual(["whole", 1]);
    expect(tookMs).toBeLessThan(BOUND_MS);
    await hostile.closed();
    expect(hostile.sent()).toBeLessThan(MAX_SENT);
  });
}

const LIES: [name: string, code: string, answer: string][] = [
  ["a content-length that is too long", "cut", head("200 OK", { "content-length": "100000" })],
  ["a content-length that is too short", "cut", head("200 OK", { "content-length": "3" })],
  ["two lengths", "malformed", head("200 OK", { "content-length": "10", "Content-Length": "20" })],
  ["a length and chunks", "malformed", head("200 OK", { "content-length": "10", "transfer-encoding": "chunked" })],
  ["a length that is no number", "malformed", head("200 OK", { "content-length": "-1" })],
  ["chunks that are none", "malformed", head("200 OK", { "transfer-encoding": "chunked" })],
  ["a coding that is none", "malformed", head("200 OK", { "content-encoding": "gzip" })],
];

for (const [name, code, answer] of LIES) {
  test(`a hostile upstream with ${name} fails with '${code}', and the next target answers`, async () => {
    await using hostile = await startHostileUpstream((socket) => socket.end(`${answer}: hello\n\n`));
    await expectFallback(hostile, code);
  });
}

test("a hostile upstream whose text has no end is given up with 'malformed', and what it said is kept", async () => {
  const event = `data: ${JSON.stringify(chunkOf("word ".repeat(100)))}\n\n`;
  await using hostile = await startHostileUpstream((socket) => flood(socket, head("200 OK"), event));
  await using server = await startGateway(hostile.url);
  const { code, tookMs, grewBytes } = await ask(server);
  console.log(
    `text without end: ${Math.round(tookMs)} ms, ${hostile.sent()} bytes sent, ${Math.round(grewBytes / MEBIBYTE)} MiB more`,
  );
  expect(code).toBe("malformed");
  expect(grewBytes).toBeLessThan(MAX_GROWTH);
  await hostile.closed();
  expect(hostile.sent()).toBeLessThan(MAX_SENT * 2);
});
