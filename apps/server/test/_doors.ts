import { EMPTY_ANSWER_STATE, foldEvent } from "@cogniforge/core/events";
import { createTRPCClient, createWSClient, httpLink, httpSubscriptionLink, splitLink, wsLink } from "@trpc/client";
import { EventSource } from "eventsource";
import { WebSocket } from "ws";
import type { ProviderResult } from "../../../packages/core/testing/wire_comparison.ts";
import type { AppRouter } from "../src/doors/trpc/router.ts";
import { parseEvents } from "./_events.ts";
import type { TestServer } from "./_server.ts";
import { KEY } from "./_server.ts";

type Json = Record<string, unknown>;

/** What a reader of one door has of an answer at its end, in the words that all doors can be compared in. */
export interface Received extends Omit<ProviderResult, "batches" | "failure"> {
  batches: [];
  answerId: string;
  /** Code of the failure that ended the answer. */
  code: string | undefined;
  /** HTTP status, where the door has one. */
  status?: number | undefined;
}

/** Asks a question of a route and reads the answer to its end. */
export type Ask = (question: string, route: string) => Promise<Received>;

const AUTHORIZATION = { authorization: `Bearer ${KEY}` };

/** Every way to ask and to read an answer; `close` lets go of the WebSocket. */
export function openDoors(server: TestServer) {
  const trpc = `${server.url}/trpc`;
  const http = httpLink({ url: trpc, headers: AUTHORIZATION });
  const sse = createTRPCClient<AppRouter>({
    links: [
      splitLink({
        condition: ({ type }) => type === "subscription",
        true: httpSubscriptionLink({
          url: trpc,
          EventSource,
          eventSourceOptions: () => ({
            fetch: (url, init) => fetch(url, { ...init, headers: { ...init.headers, ...AUTHORIZATION } }),
          }),
        }),
        false: http,
      }),
    ],
  });
  const socket = createWSClient({ url: trpc.replace(/^http/, "ws"), WebSocket: SignedInSocket as never });
  const ws = createTRPCClient<AppRouter>({ links: [wsLink({ client: socket })] });
  const doors = {
    "tRPC over SSE": (question, route) => askTrpc(sse, question, route),
    "tRPC over WebSocket": (question, route) => askTrpc(ws, question, route),
    "plain SSE": (question, route) => askPlainSse(server, question, route),
    "/v1 streamed": (question, route) => askV1Streamed(server, question, route),
    "/v1 in one piece": (question, route) => askV1(server, question, route),
  } satisfies Record<string, Ask>;
  return { doors, sse, ws, close: () => socket.close() };
}

/** The names of the doors, in the order in which they are tried. */
export type DoorName = keyof ReturnType<typeof openDoors>["doors"];

class SignedInSocket extends WebSocket {
  constructor(url: string, protocols?: string | string[]) {
    super(url, protocols, { headers: AUTHORIZATION });
  }
}

type TrpcClient = ReturnType<typeof createTRPCClient<AppRouter>>;

async function askTrpc(client: TrpcClient, question: string, route: string): Promise<Received> {
  const { answerId } = await client.answers.start.mutate({ question, route });
  let state = EMPTY_ANSWER_STATE;
  await new Promise<void>((resolve, reject) => {
    const subscription = client.answers.watch.subscribe(
      { answerId },
      {
        onData({ data }) {
          state = foldEvent(state, data);
        },
        onComplete: resolve,
        onError(error) {
          subscription.unsubscribe();
          reject(error);
        },
      },
    );
  });
  const { text, reasoning, toolCalls, end } = state;
  if (end === undefined) throw new Error("The subscription completed before the answer's end");
  return {
    ...EMPTY,
    answerId,
    text,
    reasoning,
    toolCalls: toolCalls.map(({ id, name, arguments: args }) => ({ id, name, arguments: args })),
    finishes: end.finishReason ? [end.finishReason] : [],
    model: end.modelReported,
    usage: end.usage,
    cost: end.cost,
    code: end.failure?.code,
  };
}

async function askPlainSse(server: TestServer, question: string, route: string): Promise<Received> {
  const response = await server.post("/admin/api/chat/stream", { question, route });
  const received: Received = { ...EMPTY, toolCalls: [], status: response.status };
  const frames = parseEvents(await response.text()).map(({ data }) => JSON.parse(data));
  for (const { type, data, payload } of frames) {
    if (type === "data") {
      if (data !== payload.content) throw new Error("'data' and 'payload.content' differ");
      received.text += data;
    } else if (type === "reasoning") received.reasoning += payload.content;
    else if (type === "tool_call") {
      received.toolCalls.push({ id: payload.id, name: payload.name, arguments: payload.arguments });
    } else if (type === "status") received.answerId = payload.answer_id;
  }
  const { type, payload } = frames.at(-1);
  if (type === "error") return { ...received, code: payload.code };
  if (type !== "end") throw new Error(`The stream ended with a frame of type '${type}'`);
  return {
    ...received,
    finishes: payload.finish_reason === null ? [] : [{ unified: payload.finish_reason }],
    model: payload.model_used ?? undefined,
    usage: payload.usage ?? undefined,
    cost: payload.cost ?? undefined,
  };
}

const messagesOf = (content: string) => [{ role: "user", content }];

async function askV1Streamed(server: TestServer, question: string, route: string): Promise<Received> {
  const body = { model: route, messages: messagesOf(question), stream: true, stream_options: { include_usage: true } };
  const response = await server.post("/v1/chat/completions", body);
  const received: Received = { ...EMPTY, toolCalls: [], finishes: [], status: response.status };
  received.answerId = response.headers.get("x-answer-id") ?? "";
  const events = parseEvents(await response.text()).map(({ data }) => data);
  const chunks = events.filter((data) => data !== "[DONE]").map((data) => JSON.parse(data));
  for (const chunk of chunks) {
    if (chunk.error) return { ...received, code: chunk.error.code };
    received.model = chunk.model;
    for (const { delta, finish_reason } of chunk.choices) {
      received.text += delta.content ?? delta.refusal ?? "";
      received.reasoning += delta.reasoning_content ?? "";
      received.toolCalls.push(...toolCallsOf(delta));
      if (finish_reason !== null) received.finishes.push({ unified: unifiedOf(finish_reason) });
    }
    if (chunk.usage) received.usage = usageOf(chunk.usage);
    if (chunk.cogniforge) received.cost = chunk.cogniforge.cost ?? undefined;
  }
  if (events.at(-1) !== "[DONE]") throw new Error("The stream ended without [DONE]");
  return received;
}

async function askV1(server: TestServer, question: string, route: string): Promise<Received> {
  const response = await server.post("/v1/chat/completions", { model: route, messages: messagesOf(question) });
  const answerId = response.headers.get("x-answer-id") ?? "";
  const { status } = response;
  const body = (await response.json()) as { error?: Json; choices: Json[]; usage?: Json; cogniforge: Json } & Json;
  if (body.error) return { ...EMPTY, answerId, status, code: String(body.error.code) };
  const { message, finish_reason } = body.choices[0] as { message: Json; finish_reason: string };
  return {
    ...EMPTY,
    answerId,
    status,
    text: String(message.content ?? "") + String(message.refusal ?? ""),
    reasoning: String(message.reasoning_content ?? ""),
    toolCalls: toolCallsOf(message),
    finishes: [{ unified: unifiedOf(finish_reason) }],
    model: String(body.model),
    usage: body.usage && usageOf(body.usage),
    cost: (body.cogniforge.cost ?? undefined) as Received["cost"],
  };
}

const EMPTY: Received = {
  batches: [],
  answerId: "",
  text: "",
  reasoning: "",
  finishes: [],
  usage: undefined,
  cost: undefined,
  toolCalls: [],
  model: undefined,
  code: undefined,
};

function toolCallsOf(message: Json): Received["toolCalls"] {
  const calls = (message.tool_calls ?? []) as { id: string; function: { name: string; arguments: string } }[];
  return calls.map(({ id, function: { name, arguments: args } }) => ({ id, name, arguments: args }));
}

function unifiedOf(word: string): Received["finishes"][number]["unified"] {
  return word.replace("_", "-") as Received["finishes"][number]["unified"];
}

function usageOf(usage: Json): Received["usage"] {
  const cached = (usage.prompt_tokens_details as Json | undefined)?.cached_tokens;
  const reasoning = (usage.completion_tokens_details as Json | undefined)?.reasoning_tokens;
  const numbers = {
    inputTokens: usage.prompt_tokens,
    outputTokens: usage.completion_tokens,
    cachedInputTokens: cached,
    reasoningTokens: reasoning,
  };
  return Object.fromEntries(Object.entries(numbers).filter(([, value]) => value !== undefined));
}
