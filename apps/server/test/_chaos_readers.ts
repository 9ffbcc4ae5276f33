import { setTimeout as pause } from "node:timers/promises";
import type { AnswerEvent } from "@cogniforge/client";
import { createCogniforgeClient } from "@cogniforge/client";
import { WebSocket } from "ws";
import { KEY } from "./_server.ts";

/** What a reader has at the end. */
export interface Reading {
  answerId: string;
  reader: "plain" | "client";
  text: string;
  outcome: string;
  length: number;
  sha256: string;
  /** How often it connected. */
  connections: number;
  /** The longest time between two pieces of text, in milliseconds. */
  longestGapMs: number;
}

export interface Asking {
  question: string;
  answerId: string;
}

const AUTHORIZATION = { authorization: `Bearer ${KEY}` };

/** As long as a patient `EventSource` waits; ours says less than its server asks for, to knock more often. */
const RETRY_MS = 100;

/**
 * Reads the plain SSE route to its end with `Last-Event-ID`, through whatever happens to the server.
 *
 * @param leaveAfter Frames after which it hangs up by itself, one number a time; then it stays.
 */
export async function readPlain(url: string, asking: Asking, leaveAfter: number[]): Promise<Reading> {
  const { question, answerId } = asking;
  const query = new URLSearchParams({ question, answer_id: answerId });
  const reading = newReading(answerId, "plain");
  const notePiece = watchGaps(reading);
  let lastId: string | undefined;
  while (reading.outcome === "") {
    let left = leaveAfter.shift() ?? Number.POSITIVE_INFINITY;
    reading.connections++;
    try {
      const headers = { ...AUTHORIZATION, ...(lastId !== undefined && { "last-event-id": lastId }) };
      const response = await fetch(`${url}/admin/api/chat/stream?${query}`, { headers });
      if (response.status !== 200) throw new Refused(response.status, await response.text());
      for await (const { id, json } of framesOf(response)) {
        lastId = id ?? lastId;
        const { type, payload } = json;
        if (type === "data") {
          notePiece();
          reading.text += payload.content;
        }
        if (type === "end" || type === "error") {
          const { outcome = `failed: ${payload.code}`, length, sha256 } = payload;
          Object.assign(reading, { outcome, length, sha256 });
        }
        if (--left <= 0) break;
      }
    } catch (error) {
      if (error instanceof Refused && error.status !== 503) throw error;
      await pause(RETRY_MS);
    }
  }
  return reading;
}

function newReading(answerId: string, reader: Reading["reader"]): Reading {
  return { answerId, reader, text: "", outcome: "", length: -1, sha256: "", connections: 0, longestGapMs: 0 };
}

/** Call what it returns with every piece. */
function watchGaps(reading: Reading): () => void {
  let before: number | undefined;
  return () => {
    const now = performance.now();
    reading.longestGapMs = Math.max(reading.longestGapMs, now - (before ?? now));
    before = now;
  };
}

class Refused extends Error {
  readonly status: number;

  constructor(status: number, body: string) {
    super(`Refused with ${status}: ${body}`);
    this.status = status;
  }
}

/** Whole frames only: what was cut in its middle comes again. */
async function* framesOf(response: Response) {
  let rest = "";
  for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    const frames = (rest + chunk).split("\n\n");
    rest = frames.pop() ?? "";
    for (const frame of frames) {
      const lines = frame.split("\n");
      const data = lines.find((line) => line.startsWith("data: "))?.slice(6);
      const id = lines.find((line) => line.startsWith("id: "))?.slice(4);
      if (data !== undefined) yield { id, json: JSON.parse(data) };
    }
  }
}

/** What each client's reader went through, for whoever asks why it waits: its transports with their states, and where it stood. */
export const trails = new Map<string, string[]>();

/** Readers with the project's own client; `ask` asks too, `watch` only follows. */
export function openClient(url: string) {
  const client = createCogniforgeClient({ url, headers: AUTHORIZATION, WebSocket: WebSocket as never });
  return {
    async ask({ question, answerId }: Asking, onStarted: () => void): Promise<Reading> {
      const trail = trailOf(`${answerId} by asking client`);
      const answer = await client.ask({ question, answerId }, { onTransport: noteTo(trail) });
      onStarted();
      return read(answerId, answer, trail);
    },
    watch({ answerId }: Asking): Promise<Reading> {
      const trail = trailOf(`${answerId} by watching client`);
      return read(answerId, client.watch(answerId, { onTransport: noteTo(trail) }), trail);
    },
    /** How often a connection was lost, over all answers. */
    reconnects: () => reconnects,
  };
}

let reconnects = 0;

function trailOf(name: string): string[] {
  const trail: string[] = [];
  trails.set(name, trail);
  return trail;
}

function noteTo(trail: string[]) {
  return ({ transport, state }: { transport: string; state: string }) => {
    if (state === "reconnecting") reconnects++;
    trail.push(`${(performance.now() / 1000).toFixed(1)} s: ${transport} ${state}`);
  };
}

async function read(answerId: string, events: AsyncIterable<AnswerEvent>, trail: string[]): Promise<Reading> {
  const reading = newReading(answerId, "client");
  const notePiece = watchGaps(reading);
  const place = trail.push("no event") - 1;
  for await (const event of events) {
    trail[place] = `the last event, ${event.seq}, at ${(performance.now() / 1000).toFixed(1)} s`;
    if (event.type === "snapshot" || event.type === "text-delta") notePiece();
    if (event.type === "snapshot") reading.text = event.text;
    else if (event.type === "text-delta") {
      if (event.offset > reading.text.length) throw new Error(`A gap before offset ${event.offset} of ${answerId}`);
      reading.text = reading.text.slice(0, event.offset) + event.text;
    } else if (event.type === "answer-end") {
      const { outcome, length, sha256 } = event;
      Object.assign(reading, { outcome, length, sha256 });
    }
  }
  return reading;
}
