import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text as readText } from "node:stream/consumers";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";
import { chunkOf, EVENT_STREAM, JSON_TYPE, STOP } from "./_upstream.ts";

/** What a chaotic upstream does instead of answering well. */
const MISDEEDS = ["cut", "reset", "no-finish", "stall", "429", "500", "503"] as const;
export type Misdeed = (typeof MISDEEDS)[number];

/** A question may meet so many misdeeds: three targets with two retries each always outlast them. */
const MOST_MISDEEDS = 3;

/** So many requests go wrong, while the question may still meet a misdeed. */
const MISDEED_RATE = 0.4;

/** What all upstreams of one test share. */
export interface Chaos {
  /** From 0 (inclusive) to 1 (exclusive). */
  random: () => number;
  /** Length of an answer in pieces of about 25 characters, one every `paceMs`. */
  pieces: number;
  paceMs: number;
  /** Requests by question. */
  requests: Map<string, number>;
  misdeeds: Map<string, Misdeed[]>;
  /** Questions whose next request stalls, whatever chance says. */
  stalling: Set<string>;
  /** Requests that no honest caller would send. */
  problems: string[];
}

/** Nothing has happened yet. */
export function newChaos(options: Pick<Chaos, "random" | "pieces" | "paceMs">): Chaos {
  return { ...options, requests: new Map(), misdeeds: new Map(), stalling: new Set(), problems: [] };
}

export interface ChaosUpstream extends AsyncDisposable {
  url: string;
  /** Responses that have not ended. */
  open(): number;
  /** Connections that are there, idle ones included. */
  connections(): Promise<number>;
}

/** The one answer to a question: long, never repeating itself, and full of what careless code breaks. */
export function answerTo(question: string, pieces: number): string {
  const words = ["مُدَرِّسَةٌ", "«كَتَبَتْ»", "👩‍🚀🇸🇦", "e\u0301", "`code`", "漢字", "the\tend", "  two", "نعم،"];
  let text = "";
  for (let index = 0; text.length < pieces * 25; index++) {
    text += `${words[(index * 7 + question.length) % words.length]} ${question}:${index}${index % 9 === 8 ? "\n\n" : " "}`;
  }
  return text;
}

type Message = { role: string; content: string };

/** Starts an upstream that goes on exactly where the last assistant message ends, and misbehaves at random. */
export async function startChaosUpstream(chaos: Chaos, options: { refusesPrefill: boolean }): Promise<ChaosUpstream> {
  const open = new Set<ServerResponse>();
  const server = createServer((request, response) => {
    open.add(response);
    response.once("close", () => open.delete(response));
    // Whoever asked may be killed at any moment, also before the end of the question.
    answer(request, response).catch(() => response.destroy());
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { messages } = JSON.parse(await readText(request)) as { messages: Message[] };
    const question = messages.find(({ role }) => role === "user")?.content ?? "";
    chaos.requests.set(question, (chaos.requests.get(question) ?? 0) + 1);
    const begun = messages.findLast(({ role }) => role === "assistant")?.content ?? "";
    const whole = answerTo(question, chaos.pieces);
    if (!whole.startsWith(begun)) chaos.problems.push(`${question}: handed what was never said: ${begun.slice(-80)}`);
    if (options.refusesPrefill && messages.at(-1)?.role === "assistant") return refuse(response, 400);
    const misdeed = nextMisdeed(chaos, question);
    if (misdeed === "429" || misdeed === "500" || misdeed === "503") return refuse(response, Number(misdeed));
    // A stall is a silence after something was said: silence from the beginning is held by another limit.
    const least = misdeed === "stall" ? 1 : 0;
    const left = Math.max(0, whole.length - begun.length - least);
    const end = misdeed === undefined ? whole.length : begun.length + least + chaos.random() * left;
    await speak(response, whole.slice(begun.length, end), chaos);
    if (misdeed === undefined) {
      response.end(`data: ${JSON.stringify(chunkOf(STOP))}\n\ndata: [DONE]\n\n`);
    } else if (misdeed === "no-finish") response.end();
    else if (misdeed === "cut") response.socket?.destroySoon();
    else if (misdeed === "reset") response.socket?.resetAndDestroy();
  }

  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", 4096, resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    open: () => open.size,
    connections: async () => await promisify(server.getConnections).call(server),
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

function nextMisdeed({ random, misdeeds, stalling }: Chaos, question: string): Misdeed | undefined {
  const done = misdeeds.get(question) ?? [];
  if (stalling.delete(question)) {
    misdeeds.set(question, [...done, "stall"]);
    return "stall";
  }
  if (done.length >= MOST_MISDEEDS || random() >= MISDEED_RATE) return undefined;
  // A target that stalled is not asked again for the answer: one of three can be spared.
  const possible = MISDEEDS.filter((misdeed) => misdeed !== "stall" || !done.includes("stall"));
  const misdeed = possible[Math.floor(random() * possible.length)];
  if (misdeed !== undefined) misdeeds.set(question, [...done, misdeed]);
  return misdeed;
}

function refuse(response: ServerResponse, status: number): void {
  const headers = status === 429 ? { ...JSON_TYPE, "retry-after": "1" } : JSON_TYPE;
  response.writeHead(status, headers).end(JSON.stringify({ error: { message: `Refused with ${status}` } }));
}

/** Says a text at the pace, in pieces that heed no character's borders. */
async function speak(response: ServerResponse, text: string, { random, paceMs }: Chaos): Promise<void> {
  response.writeHead(200, EVENT_STREAM);
  for (let at = 0; at < text.length && !response.destroyed; ) {
    const end = at + 1 + Math.floor(random() * 50);
    response.write(`data: ${JSON.stringify(chunkOf(text.slice(at, end)))}\n\n`);
    at = end;
    await pause(paceMs);
  }
}
