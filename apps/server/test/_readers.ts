import { createHash } from "node:crypto";
import { createServer } from "node:net";
import Anthropic from "@anthropic-ai/sdk";
import type { AnswerEvent } from "@cogniforge/core/events";
import { EventSource } from "eventsource";
import OpenAI from "openai";
import { KEY } from "./_server.ts";
import { openSse, plainSse } from "./_sse_reader.ts";
import type { Client } from "./_trpc_client.ts";
import { overHttp, overWebSocket, textOf, watch } from "./_trpc_client.ts";

/** A reader of one door, which comes back as the clients of that door do, over a restart of the server too. */
export interface DoorReader {
  door: string;
  /** Resolves when it has the first text; a door that tells only the whole has it at once. */
  begun: Promise<unknown>;
  /** The text that it has put together, when it was told the end; rejects with whatever its user would see as an error. */
  text: Promise<string>;
  /** The answer that it reads, once it is known. */
  answerId: () => string;
}

const BY_KEY = { authorization: `Bearer ${KEY}` };
const BACK_MS = 200;

/** A port that was free a moment ago, below those that the system gives to outgoing connections. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 10_000);
    const server = createServer();
    const isFree = await new Promise<boolean>((resolve) => {
      server.once("error", () => resolve(false));
      server.listen(port, "127.0.0.1", () => resolve(true));
    });
    if (isFree) {
      await new Promise((resolve) => server.close(resolve));
      return port;
    }
  }
}

/** The official tRPC clients over Server-Sent Events and over a WebSocket: they come back by themselves. */
export function trpcReader(url: string, answerId: string, transport: "sse" | "websocket"): DoorReader {
  const socket = transport === "websocket" ? overWebSocket(url) : undefined;
  const reader = watch(socket?.client ?? overHttp(url), { answerId });
  const text = async () => {
    await reader.until(({ type }) => type === "answer-end");
    reader.leave();
    socket?.[Symbol.dispose]();
    return textOf(reader.seen);
  };
  const begun = reader.until(({ type }) => type === "text-delta" || type === "snapshot");
  return { door: `tRPC over ${transport}`, begun, text: text(), answerId: () => answerId };
}

/** Whether a request found nobody listening: between two programs that is no error, but a reason to try again. */
function isNobodyThere(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if ("code" in cause && cause.code === "ECONNREFUSED") return true;
  }
  return false;
}

async function untilThere<T>(ask: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (!isNobodyThere(error)) throw error;
      await new Promise((resolve) => setTimeout(resolve, BACK_MS));
    }
  }
}

/** Polling: a question that waits is answered, also by a program that stops. */
export function pollingReader(url: string, answerId: string): DoorReader {
  const client: Client = overHttp(url);
  const begun = Promise.withResolvers<void>();
  const text = async () => {
    const events: { event: AnswerEvent }[] = [];
    let cursor: string | undefined;
    for (;;) {
      const read = await untilThere(() => client.answers.read.query({ answerId, cursor, waitMs: 20_000 }));
      events.push(...read.events.map((event) => ({ event })));
      cursor = read.cursor;
      if (textOf(events) !== "") begun.resolve();
      if (read.isEnded) return textOf(events);
    }
  };
  return { door: "polling", begun: begun.promise, text: text(), answerId: () => answerId };
}

/** `EventSource` on the plain route: it comes back by itself with its `Last-Event-ID`. */
export function plainReader(url: string, answerId: string): DoorReader {
  const source = new EventSource(`${url}${plainSse({ question: "Q", answer_id: answerId })}`, {
    fetch: (input, init) => fetch(input, { ...init, headers: { ...init.headers, ...BY_KEY } }),
  });
  const begun = Promise.withResolvers<void>();
  const whole = Promise.withResolvers<string>();
  let text = "";
  source.onmessage = ({ data }) => {
    const frame = JSON.parse(data) as { type: string; data?: string };
    if (frame.type === "data") {
      text += frame.data ?? "";
      begun.resolve();
    }
    if (frame.type === "error") whole.reject(new Error(data));
    if (frame.type === "end") whole.resolve(text);
    if (frame.type === "end" || frame.type === "error") source.close();
  };
  return { door: "plain SSE", begun: begun.promise, text: whole.promise, answerId: () => answerId };
}

export interface StreamDoor {
  door: string;
  /** What begins the stream. */
  path: string;
  body?: unknown;
  headers?: Record<string, string>;
  /** The text in a frame's data. */
  // biome-ignore lint/suspicious/noExplicitAny: each dialect has its own frames
  textIn: (json: any) => string;
  /** Whether it is the last one. */
  isEnd: (raw: string) => boolean;
}

/** A stream of `/v1`, taken up at `/v1/answers/ID/stream` where it broke. */
export function streamReader(url: string, { door, path, body, headers, textIn, isEnd }: StreamDoor): DoorReader {
  const begun = Promise.withResolvers<void>();
  let answerId = "";
  const text = async () => {
    let all = "";
    let id: string | undefined;
    for (;;) {
      const stream = await untilThere(() =>
        id === undefined
          ? openSse(`${url}${path}`, {
              ...(body !== undefined && { method: "POST", body: JSON.stringify(body) }),
              headers: { "content-type": "application/json", ...headers },
            })
          : openSse(`${url}/v1/answers/${answerId}/stream`, { headers: { ...headers, "last-event-id": id } }),
      );
      if (stream.status !== 200) {
        await stream.closed;
        throw new Error(`${door} was answered with ${stream.status}: ${stream.text}`);
      }
      answerId = String(stream.headers["x-answer-id"]);
      const first = stream.until(({ json }) => json !== undefined && textIn(json) !== "");
      first.then(
        () => begun.resolve(),
        () => {},
      );
      await stream.closed;
      for (const { json, id: own } of stream.frames) {
        if (json?.error !== undefined) throw new Error(`${door} was told ${JSON.stringify(json)}`);
        if (json !== undefined) all += textIn(json);
        id = own ?? id;
      }
      if (isEnd(stream.text)) return all;
    }
  };
  return { door, begun: begun.promise, text: text(), answerId: () => answerId };
}

const QUESTION = [{ role: "user" as const, content: "Q" }];

/** Both dialects of `/v1`, streamed. */
export const STREAM_DOORS: readonly StreamDoor[] = [
  {
    door: "/v1/chat/completions streamed",
    path: "/v1/chat/completions",
    body: { model: "default", messages: QUESTION, stream: true },
    textIn: (json) => json.choices?.[0]?.delta?.content ?? "",
    isEnd: (raw) => raw.endsWith("data: [DONE]\n\n"),
  },
  {
    door: "/v1/messages streamed",
    path: "/v1/messages",
    body: { model: "default", max_tokens: 100, messages: QUESTION, stream: true },
    headers: { "anthropic-version": "2023-06-01" },
    textIn: (json) => json.delta?.text ?? "",
    isEnd: (raw) => raw.includes("event: message_stop"),
  },
];

/** The stream of an answer that somebody else has asked for. */
export function answerStreamReader(url: string, answerId: string): DoorReader {
  const { textIn, isEnd } = STREAM_DOORS[0] as StreamDoor;
  return streamReader(url, { door: "/v1/answers stream", path: `/v1/answers/${answerId}/stream`, textIn, isEnd });
}

/** The official SDKs, which try again by themselves; the key makes that the same question. */
export function wholeReaders(url: string, key: string): DoorReader[] {
  const options = { maxRetries: 10 };
  const headers = (door: string) => ({ headers: { "Idempotency-Key": `${key}-${door}` } });
  const openai = new OpenAI({ baseURL: `${url}/v1`, apiKey: KEY, ...options });
  const anthropic = new Anthropic({ baseURL: url, apiKey: KEY, ...options });
  const ids = { openai: "", anthropic: "" };
  const completion = openai.chat.completions
    .create({ model: "default", messages: QUESTION }, headers("openai"))
    .withResponse()
    .then(({ data, response }) => {
      ids.openai = response.headers.get("x-answer-id") ?? "";
      return data.choices[0]?.message.content ?? "";
    });
  const message = anthropic.messages
    .create({ model: "default", max_tokens: 100, messages: QUESTION }, headers("anthropic"))
    .withResponse()
    .then(({ data, response }) => {
      ids.anthropic = response.headers.get("x-answer-id") ?? "";
      return data.content.map((block) => (block.type === "text" ? block.text : "")).join("");
    });
  const begun = Promise.resolve();
  return [
    { door: "/v1/chat/completions whole", begun, text: completion, answerId: () => ids.openai },
    { door: "/v1/messages whole", begun, text: message, answerId: () => ids.anthropic },
  ];
}

/** What the server holds of an answer, checked against its own hash. */
export async function storedText(url: string, answerId: string): Promise<string> {
  const response = await fetch(`${url}/v1/answers/${answerId}`, { headers: BY_KEY });
  const { text, end } = (await response.json()) as { text: string; end?: { sha256: string } };
  const sha256 = createHash("sha256").update(text).digest("hex");
  if (end?.sha256 !== sha256) throw new Error(`The answer '${answerId}' does not have its hash, but ${sha256}`);
  return text;
}
