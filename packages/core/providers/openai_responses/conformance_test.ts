import { test } from "node:test";
import { startUpstream } from "../../testing/upstream.ts";
import { type ConformanceSubject, type ConformanceSubjects, providerConformance } from "../conformance.ts";
import { OpenAiResponsesProvider } from "./mod.ts";

const frameOf = (delta: string) =>
  `event: response.output_text.delta\ndata: ${JSON.stringify({ type: "response.output_text.delta", output_index: 0, delta })}\n\n`;
const wholeOf = (text: string) =>
  JSON.stringify({
    object: "response",
    status: "completed",
    output: [{ type: "message", content: [{ type: "output_text", text }] }],
  });
const FINISH =
  'event: response.completed\ndata: {"type":"response.completed","response":{"status":"completed","output":[]}}\n\n';
const ERROR = 'event: error\ndata: {"type":"error","code":"server_error","message":"Try again"}\n\n';

/** A real server that writes the frames of each request, then ends or keeps the connection open. */
async function socketSubject(frames: readonly string[], isOpen: boolean): Promise<ConformanceSubject> {
  const upstream = await startUpstream(({ response }) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    for (const frame of frames) response.write(frame);
    if (!isOpen) response.end();
  });
  return {
    provider: new OpenAiResponsesProvider({ name: "socket", baseUrl: `${upstream.url}/v1` }),
    isReleased: () => upstream.openResponses() === 0,
    close: () => upstream.close(),
  };
}

const streamed: ConformanceSubjects = {
  answer: (pieces) => socketSubject([...pieces.map(frameOf), FINISH], false),
  hang: (pieces) => socketSubject(pieces.map(frameOf), true),
  silence: async () => {
    const upstream = await startUpstream(() => {});
    return {
      provider: new OpenAiResponsesProvider({ name: "socket", baseUrl: upstream.url }),
      close: () => upstream.close(),
    };
  },
  fail: (pieces) => socketSubject([...pieces.map(frameOf), ERROR], false),
};

/** An upstream that does not stream: one JSON answer. */
const unary: ConformanceSubjects = {
  ...streamed,
  answer: (pieces) => socketSubject([wholeOf(pieces.join(""))], false),
};

const suites = {
  "OpenAiResponsesProvider over a socket": streamed,
  "OpenAiResponsesProvider with an upstream that does not stream": unary,
};
for (const [name, subjects] of Object.entries(suites)) {
  for (const { name: title, run } of providerConformance(name, subjects)) test(title, run);
}
