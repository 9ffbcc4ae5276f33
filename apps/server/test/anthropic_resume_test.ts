import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import type { ReceivedEvent } from "./_events.ts";
import { parseEvents, readEvents } from "./_events.ts";
import { fakeTimers } from "./_fake_timers.ts";
import { Faucet } from "./_faucet.ts";
import type { TestServer } from "./_server.ts";
import { startServer } from "./_server.ts";
import type { Upstream, UpstreamReply } from "./_upstream.ts";
import { chatStream, chunkOf, EVENT_STREAM, STOP, startUpstream, streamReply } from "./_upstream.ts";

const ASK = { model: "up/alias", max_tokens: 100, messages: [{ role: "user", content: "Go on" }], stream: true };
const VERSION = { "anthropic-version": "2023-06-01" };
const delta = (fields: Record<string, unknown>) => ({ choices: [{ index: 0, delta: fields, finish_reason: null }] });
const call = (index: number, id: string) =>
  delta({ tool_calls: [{ index, id, type: "function", function: { name: `tool_${id}`, arguments: "{}" } }] });

/** Every kind of block, so that each event can be the last one before a cut. */
const RICH = chatStream(
  delta({ reasoning: "Hm" }),
  delta({ reasoning: "m", reasoning_details: [{ type: "reasoning.text", text: "Hmm", signature: "sig", index: 0 }] }),
  "Good ",
  "morning 🌅",
  call(0, "a"),
  call(1, "b"),
  { choices: [{ index: 0, delta: {}, finish_reason: "tool_calls" }] },
  { choices: [], usage: { prompt_tokens: 3, completion_tokens: 5 } },
);

let answer: () => UpstreamReply;
let upstream: Upstream;
let server: TestServer;

beforeAll(async () => {
  upstream = await startUpstream(() => answer());
  const up = { dialect: "openai-chat" as const, baseUrl: `${upstream.url}/v1`, model: "alias" };
  server = await startServer({ environment: { LLM_MAX_RETRIES: "0" }, config: { providers: { up } } });
});

afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await upstream[Symbol.asyncDispose]();
});

beforeEach(() => {
  answer = () => ({ headers: EVENT_STREAM, pieces: RICH });
});

const withoutPings = (events: ReceivedEvent[]) => events.filter(({ data }) => data !== '{"type":"ping"}');

async function askWhole(): Promise<{ answerId: string; events: ReceivedEvent[] }> {
  const response = await server.post("/v1/messages", ASK);
  expect(response.status).toBe(200);
  const events = withoutPings(parseEvents(await response.text()));
  return { answerId: response.headers.get("x-answer-id") ?? "", events };
}

/** The message as its reader puts it together, which fails where a block is missing or comes twice. */
function messageOf(events: readonly ReceivedEvent[]) {
  const blocks: Record<string, unknown>[] = [];
  let open: number | undefined;
  const seen: string[] = [];
  for (const { data } of events) {
    const event = JSON.parse(data);
    switch (event.type) {
      case "content_block_start":
        expect([open, event.index]).toEqual([undefined, blocks.length]);
        open = blocks.push({ ...event.content_block, json: "" }) - 1;
        break;
      case "content_block_delta": {
        expect(event.index).toBe(open);
        const { type: _type, ...fields } = event.delta;
        const block = blocks[event.index] ?? {};
        for (const [name, value] of Object.entries(fields)) {
          const field = name === "partial_json" ? "json" : name;
          block[field] = `${block[field] ?? ""}${value}`;
        }
        break;
      }
      case "content_block_stop":
        expect(event.index).toBe(open);
        open = undefined;
        break;
      default:
        seen.push(event.type);
    }
  }
  return { blocks, seen };
}

test("POST /v1/messages with Last-Event-ID gives exactly the rest after a cut at every event, and asks nothing", async () => {
  const { answerId, events } = await askWhole();
  const whole = messageOf(events);
  expect(whole.blocks).toMatchObject([
    { type: "thinking", thinking: "Hmm", signature: "" },
    { type: "text", text: "Good morning 🌅" },
    { type: "tool_use", id: "a", json: "{}" },
    { type: "tool_use", id: "b", json: "{}" },
    { type: "thinking", thinking: "", signature: expect.stringMatching(/^cogniforge\.v1\./) },
  ]);
  expect(whole.seen).toEqual(["message_start", "message_delta", "message_stop"]);
  expect(new Set(events.map(({ id }) => id)).size, "each event has an id of its own").toBe(events.length);
  const asked = upstream.requests.length;
  for (const [at, { id = "" }] of events.slice(0, -1).entries()) {
    const again = [
      await server.post("/v1/messages", ASK, { "last-event-id": id }),
      await server.fetch(`/v1/answers/${answerId}/stream?cursor=${encodeURIComponent(id)}`, { headers: VERSION }),
    ];
    for (const response of again) {
      expect(response.headers.get("x-answer-id")).toBe(answerId);
      const rest = withoutPings(parseEvents(await response.text()));
      expect(messageOf([...events.slice(0, at + 1), ...rest]), `cut after event ${at}`).toEqual(whole);
      expect(rest.at(-1), "the end keeps its id").toEqual(events.at(-1));
    }
  }
  const after = await server.post("/v1/messages", ASK, { "last-event-id": events.at(-1)?.id ?? "" });
  expect([after.status, await after.text()]).toEqual([204, ""]);
  const refused = await server.post("/v1/messages", ASK, { "last-event-id": "no cursor" });
  expect([refused.status, await refused.json()]).toMatchObject([
    400,
    { type: "error", error: { type: "invalid_request_error", code: "invalid-cursor" } },
  ]);
  expect(upstream.requests.length).toBe(asked);
});

test("POST /v1/messages follows an answer that runs, from a cut on", async () => {
  const faucet = new Faucet();
  answer = () => ({ headers: EVENT_STREAM, pieces: faucet });
  faucet.pour(`data: ${JSON.stringify(chunkOf("first "))}\n\n`);
  const cut = await server.post("/v1/messages", ASK);
  const had = withoutPings(await readEvents(cut, ({ data }) => data.includes("first ")));
  const again = await server.post("/v1/messages", ASK, { "last-event-id": had.at(-1)?.id ?? "" });
  faucet.pour(...chatStream("second", STOP));
  faucet.close();
  const rest = withoutPings(parseEvents(await again.text()));
  expect(messageOf([...had, ...rest])).toMatchObject({ blocks: [{ type: "text", text: "first second" }] });
});

test("POST /v1/messages says at once that it lives, before the model says anything", async () => {
  const faucet = new Faucet();
  answer = () => ({ headers: EVENT_STREAM, pieces: faucet });
  const response = await server.post("/v1/messages", ASK);
  expect(response.headers.get("content-type")).toContain("text/event-stream");
  const [first] = await readEvents(response, () => true);
  expect(first).toEqual({ id: undefined, data: '{"type":"ping"}' });
  faucet.pour(...chatStream("heard", STOP));
  faucet.close();
});

test("A message whose only reader has left for good is cancelled, upstream too", async () => {
  const heard = `data: ${JSON.stringify(chunkOf("heard"))}\n\n`;
  answer = () => ({ headers: EVENT_STREAM, pieces: [heard], end: "hang" });
  using _timers = fakeTimers("setTimeout", "clearTimeout");
  const response = await server.post("/v1/messages", ASK);
  await readEvents(response, ({ data }) => data.includes("heard"));
  let isClosed = false;
  const closing = upstream.requests.at(-1)?.closed.then(() => {
    isClosed = true;
  });
  const path = `/v1/answers/${response.headers.get("x-answer-id")}`;
  for (let seconds = 0; !isClosed && seconds < 19; seconds++) {
    await vi.advanceTimersByTimeAsync(1_000);
    // A real call, so that the server gets its turn to see that the reader has left.
    await (await server.fetch(path)).text();
  }
  await closing;
  const rest = await (await server.fetch(`${path}/stream`, { headers: VERSION })).text();
  expect(rest).toContain("event: error");
  expect(rest).toContain('"code":"cancelled"');
});

test("What speaks OpenAI's language on a path that both doors have is answered in it", async () => {
  answer = () => streamReply("ok");
  const { answerId } = await askWhole();
  expect(await (await server.fetch("/v1/models")).json()).toMatchObject({ object: "list" });
  expect(await (await server.fetch("/v1/models", { headers: VERSION })).json()).toMatchObject({ has_more: false });
  expect(await (await server.fetch(`/v1/answers/${answerId}/stream`)).text()).toContain("chat.completion.chunk");
  expect(await (await server.fetch("/v1/nowhere")).json()).not.toHaveProperty("request_id");
});
