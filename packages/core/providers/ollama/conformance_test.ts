import { test } from "node:test";
import { startUpstream } from "../../testing/upstream.ts";
import { type ConformanceSubject, type ConformanceSubjects, providerConformance } from "../conformance.ts";
import { OllamaProvider } from "./mod.ts";

const frameOf = (content: string) => `${JSON.stringify({ message: { role: "assistant", content }, done: false })}\n`;
const wholeOf = (content: string) => JSON.stringify({ message: { content }, done: true, done_reason: "stop" });
const FINISH = '{"message":{"role":"assistant","content":""},"done":true,"done_reason":"stop","eval_count":3}\n';
const ERROR = '{"error":"llama runner process has terminated"}\n';

/** A real server that writes the frames of each request, then ends or keeps the connection open. */
async function socketSubject(frames: readonly string[], isOpen: boolean): Promise<ConformanceSubject> {
  const upstream = await startUpstream(({ response }) => {
    response.writeHead(200, { "content-type": "application/x-ndjson" });
    for (const frame of frames) response.write(frame);
    if (!isOpen) response.end();
  });
  return {
    provider: new OllamaProvider({ name: "socket", baseUrl: `${upstream.url}/api` }),
    isReleased: () => upstream.openResponses() === 0,
    close: () => upstream.close(),
  };
}

const streamed: ConformanceSubjects = {
  answer: (pieces) => socketSubject([...pieces.map(frameOf), FINISH], false),
  hang: (pieces) => socketSubject(pieces.map(frameOf), true),
  silence: async () => {
    const upstream = await startUpstream(() => {});
    return { provider: new OllamaProvider({ name: "socket", baseUrl: upstream.url }), close: () => upstream.close() };
  },
  fail: (pieces) => socketSubject([...pieces.map(frameOf), ERROR], false),
};

/** An upstream that does not stream: one JSON answer. */
const unary: ConformanceSubjects = {
  ...streamed,
  answer: (pieces) => socketSubject([wholeOf(pieces.join(""))], false),
};

const suites = {
  "OllamaProvider over a socket": streamed,
  "OllamaProvider with an upstream that does not stream": unary,
};
for (const [name, subjects] of Object.entries(suites)) {
  for (const { name: title, run } of providerConformance(name, subjects)) test(title, run);
}
