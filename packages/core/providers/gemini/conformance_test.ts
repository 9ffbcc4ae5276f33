import { test } from "node:test";
import { startUpstream } from "../../testing/upstream.ts";
import { type ConformanceSubject, type ConformanceSubjects, providerConformance } from "../conformance.ts";
import { GeminiProvider } from "./mod.ts";

const frame = (chunk: unknown) => `data: ${JSON.stringify(chunk)}\r\n\r\n`;
const chunkOf = (text: string) => ({ candidates: [{ content: { role: "model", parts: [{ text }] }, index: 0 }] });
const FINISH = { candidates: [{ finishReason: "STOP" }], usageMetadata: { promptTokenCount: 1 }, modelVersion: "m" };
const ERROR = { error: { code: 503, message: "The model is overloaded", status: "UNAVAILABLE" } };

/** A real server that writes the frames of each request, then ends or keeps the connection open. */
async function subjectOf(frames: readonly string[], isOpen: boolean): Promise<ConformanceSubject> {
  const upstream = await startUpstream(({ response }) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    for (const one of frames) response.write(one);
    if (!isOpen) response.end();
  });
  return {
    provider: new GeminiProvider({ name: "socket", baseUrl: `${upstream.url}/v1beta` }),
    isReleased: () => upstream.openResponses() === 0,
    close: () => upstream.close(),
  };
}

const framesOf = (pieces: readonly string[]) => pieces.map((piece) => frame(chunkOf(piece)));

const events: ConformanceSubjects = {
  answer: (pieces) => subjectOf([...framesOf(pieces), frame(FINISH)], false),
  hang: (pieces) => subjectOf(framesOf(pieces), true),
  silence: async () => {
    const upstream = await startUpstream(() => {});
    const provider = new GeminiProvider({ name: "socket", baseUrl: upstream.url });
    return { provider, close: () => upstream.close() };
  },
  fail: (pieces) => subjectOf([...framesOf(pieces), frame(ERROR)], false),
};

/** What `streamGenerateContent` sends without `alt=sse`: one JSON array. */
const array: ConformanceSubjects = {
  ...events,
  answer: (pieces) => subjectOf([JSON.stringify([...pieces.map(chunkOf), FINISH], undefined, 2)], false),
};

const suites = { "GeminiProvider over a socket": events, "GeminiProvider with an array for a stream": array };
for (const [name, subjects] of Object.entries(suites)) {
  for (const { name: title, run } of providerConformance(name, subjects)) test(title, run);
}
