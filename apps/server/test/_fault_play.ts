import { createHash } from "node:crypto";
import type { Socket } from "node:net";
import type { AnswerEvent } from "@cogniforge/core/events";
import { expect } from "vitest";
import type { ConfigFile } from "../src/config/file_schema.ts";
import type { BareRequest, Framing } from "./_misbehaving_upstream.ts";
import { Line, startMisbehavingUpstream } from "./_misbehaving_upstream.ts";
import { startServer } from "./_server.ts";
import { overHttp, watch } from "./_trpc_client.ts";
import type { UpstreamRequest } from "./_upstream.ts";
import { chunkOf, STOP, startUpstream, streamReply } from "./_upstream.ts";

/** Long enough to be handed over after a cut, and full of what careless code breaks. */
export const TEXT =
  "A cursor names a position: «المؤشِّر» يسمّي موضعًا في الإجابة، حتى يأخذ القارئ 👩‍🚀 ما فاته بالضبط. " +
  "Whoever was away gets e\u0301xactly  the rest of it:\n\n```ts\nwatch(cursor)\n```\nوهذا كل شيء، لا أكثر ولا أقل. The end.";

/** In the middle of a word. */
export const CUT_AT = 96;

/** How far the answer has come when it goes wrong. */
export const STAGES = {
  headers: "after the headers",
  role: "before the first token",
  text: "in mid-stream",
  finish: "after the finish reason",
} as const;
export type Stage = keyof typeof STAGES;

export const event = (chunk: Record<string, unknown> | string) => `data: ${JSON.stringify(chunkOf(chunk))}\n\n`;
export const ROLE = event({ choices: [{ index: 0, delta: { role: "assistant", content: "" }, finish_reason: null }] });

/** What a failure leads to: the target asked once more and then the next one, the next one at once, or the answer's end. */
export type Course = "again" | "next" | "tell";
export type Verdict = readonly [code: string, course: Course];

export interface Fault {
  framing?: Framing;
  isGzip?: boolean;
  act(line: Line): void | Promise<void>;
}

export type Speak = (
  socket: Socket,
  request: BareRequest,
  hasReader: (length: number) => Promise<void>,
) => void | Promise<void>;
type End = Extract<AnswerEvent, { type: "answer-end" }>;

export interface Scenario {
  bad: Speak;
  /** Whether the second target goes on from a trailing assistant message, or answers from the beginning whatever it is handed. */
  goesOn?: boolean;
  /** Short only where silence is the point: a busy machine must not be taken for a dead upstream. */
  isSilent?: boolean;
  badUrl?: string;
}

/** Asks two targets, the first of which misbehaves, and returns what the reader saw and how often each was asked. */
export async function play({ bad, goesOn = true, isSilent = false, badUrl }: Scenario) {
  const seenBy = Promise.withResolvers<(length: number) => Promise<void>>();
  await using first = await startMisbehavingUpstream((socket, request) =>
    bad(socket, request, async (length) => (await seenBy.promise)(length)),
  );
  await using second = await startUpstream(({ json }) => {
    const begun = messagesOf(json).at(-1);
    return streamReply(...piecesOf(TEXT.slice(goesOn && begun?.role === "assistant" ? begun.content.length : 0)));
  });
  const limitMs = isSilent ? 600 : 10_000;
  const provider = (url: string, prefills: boolean) => ({
    dialect: "openai-chat" as const,
    baseUrl: `${url}/v1`,
    apiKey: "sk-matrix-0123456789",
    model: "m",
    ...(prefills && { prefill: "trailing" as const }),
  });
  const config: ConfigFile = {
    providers: { bad: provider(badUrl ?? first.url, false), good: provider(second.url, goesOn) },
    routes: {
      default: {
        targets: [{ provider: "bad" }, { provider: "good" }],
        maxRetries: 1,
        timeouts: { connectMs: 5_000, firstTokenMs: limitMs, idleMs: limitMs, totalMs: 25_000 },
      },
    },
  };
  await using server = await startServer({ config });
  const client = overHttp(server.url);
  const { answerId } = await client.answers.start.mutate({ question: "What is a cursor?" });
  const watching = watch(client, { answerId });
  seenBy.resolve(async (length) => {
    await watching.until((event) => event.type === "answer-end" || lengthAfter(event) >= length);
  });
  const seen = await watching.done;
  const events = seen.map(({ event }) => event);
  const ends = events.filter((event) => event.type === "answer-end");
  expect(ends).toHaveLength(1);
  const end = ends[0] as End;
  const text = grownText(events);
  expect([end.length, end.sha256]).toEqual([text.length, createHash("sha256").update(text).digest("hex")]);
  expect(JSON.stringify(events)).not.toMatch(/secret-body|sk-matrix/);
  expect(server.errors).toEqual([]);
  return {
    text,
    end,
    events,
    trail: end.attempts.map(({ provider, why, outcome, failureCode }) =>
      [provider, why, outcome, failureCode].filter(Boolean).join(" "),
    ),
    asked: [first.requests.length, second.requests.length],
    handed: second.requests.map(({ json }) => messagesOf(json).at(-1)?.role),
  };
}

function lengthAfter(event: AnswerEvent): number {
  if (event.type === "snapshot") return event.text.length;
  return event.type === "text-delta" ? event.offset + event.text.length : 0;
}

/** The text as it grew; what readers have is never taken back. */
function grownText(events: readonly AnswerEvent[]): string {
  let text = "";
  for (const event of events) {
    if (event.type === "snapshot") text = event.text;
    if (event.type !== "text-delta") continue;
    expect(event.offset).toBe(text.length);
    text += event.text;
  }
  return text;
}

function messagesOf(json: UpstreamRequest["json"]): BareRequest["messages"] {
  return (json?.messages ?? []) as BareRequest["messages"];
}

export function piecesOf(text: string): string[] {
  return text.match(/[\s\S]{1,17}/g) ?? [];
}

/** Speaks well up to a stage, from where the request's last answer stops, and then the fault happens. */
export function upTo(stage: Stage, fault: Fault): Speak {
  return async (socket, { messages }, hasReader) => {
    const line = new Line(socket, fault);
    await line.head();
    if (stage !== "headers") await line.say(`: hello\n\n${ROLE}`);
    if (stage === "text" || stage === "finish") {
      const begun = messages.findLast(({ role }) => role === "assistant")?.content ?? "";
      const end = stage === "text" ? CUT_AT : TEXT.length;
      for (const piece of piecesOf(TEXT.slice(begun.length, end))) await line.say(event(piece));
      if (stage === "finish") await line.say(event(STOP));
      // Otherwise what was said and the fault might be read at once, and a reset might overtake it.
      await hasReader(end);
    }
    await fault.act(line);
  };
}

/** The attempts that a verdict leads to, and how often each of the two targets is asked. */
export function courseOf([code, course]: Verdict, isBegun = false) {
  const [retry, fallback] = isBegun ? ["continuation", "continuation"] : ["retry", "fallback"];
  const first = `bad first failed ${code}`;
  if (course === "tell") return { trail: [first], asked: [1, 0] };
  const again = course === "again" ? [`bad ${retry} failed ${code}`] : [];
  return { trail: [first, ...again, `good ${fallback} completed`], asked: [1 + again.length, 1] };
}
