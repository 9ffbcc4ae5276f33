import { test } from "node:test";
import { startUpstream } from "../../testing/upstream.ts";
import { type ConformanceSubject, type ConformanceSubjects, providerConformance } from "../conformance.ts";
import { AnthropicMessagesProvider } from "./mod.ts";

const event = (data: { type: string } & Record<string, unknown>) =>
  `event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`;
const START = [
  event({ type: "message_start", message: { id: "msg_1", model: "m", content: [], usage: { input_tokens: 1 } } }),
  event({ type: "content_block_start", index: 0, content_block: { type: "text", text: "" } }),
];
const piece = (text: string) => event({ type: "content_block_delta", index: 0, delta: { type: "text_delta", text } });
const FINISH = [
  event({ type: "content_block_stop", index: 0 }),
  event({ type: "message_delta", delta: { stop_reason: "end_turn" }, usage: { output_tokens: 1 } }),
  event({ type: "message_stop" }),
];
const ERROR = event({ type: "error", error: { type: "overloaded_error", message: "Overloaded" } });

/** A real server that writes the frames of each request, then ends or keeps the connection open. */
async function socketSubject(frames: readonly string[], isOpen: boolean): Promise<ConformanceSubject> {
  const upstream = await startUpstream(({ response }) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    for (const frame of frames) response.write(frame);
    if (!isOpen) response.end();
  });
  return {
    provider: new AnthropicMessagesProvider({ name: "socket", baseUrl: `${upstream.url}/v1` }),
    isReleased: () => upstream.openResponses() === 0,
    close: () => upstream.close(),
  };
}

const streaming: ConformanceSubjects = {
  answer: (pieces) => socketSubject([...START, ...pieces.map(piece), ...FINISH], false),
  hang: (pieces) => socketSubject([...START, ...pieces.map(piece)], true),
  silence: async () => {
    const upstream = await startUpstream(() => {});
    const provider = new AnthropicMessagesProvider({ name: "socket", baseUrl: upstream.url });
    return { provider, close: () => upstream.close() };
  },
  fail: (pieces) => socketSubject([...START, ...pieces.map(piece), ERROR], false),
};

/** An upstream that keeps the connection open after the end mark: the answer ends all the same. */
const lingering: ConformanceSubjects = {
  ...streaming,
  answer: (pieces) => socketSubject([...START, ...pieces.map(piece), ...FINISH], true),
};

/** An upstream that does not stream: one JSON answer. */
const unary: ConformanceSubjects = {
  ...streaming,
  answer: (pieces) => {
    const content = [{ type: "text", text: pieces.join("") }];
    return socketSubject([JSON.stringify({ type: "message", content, stop_reason: "end_turn" })], false);
  },
};

const suites = {
  "AnthropicMessagesProvider over a socket": streaming,
  "AnthropicMessagesProvider with an upstream that never closes": lingering,
  "AnthropicMessagesProvider with an upstream that does not stream": unary,
};
for (const [name, subjects] of Object.entries(suites)) {
  for (const { name: title, run } of providerConformance(name, subjects)) test(title, run);
}
