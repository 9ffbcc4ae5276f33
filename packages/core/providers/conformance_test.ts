import { test } from "node:test";
import { startUpstream } from "../testing/upstream.ts";
import { type ConformanceSubject, type ConformanceSubjects, providerConformance } from "./conformance.ts";
import {
  type FaultInput,
  FaultyProvider,
  MockProvider,
  OpenAiChatProvider,
  type Provider,
  type ProviderPart,
  ScriptedProvider,
  type ScriptStep,
} from "./mod.ts";

const chunk = (content: string) => `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content } }] })}\n\n`;
const FINISH = 'data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n';
const ERROR = 'data: {"error":{"message":"Provider returned error","code":502}}\n\n';

/** A real server that writes the frames of each request, then ends or keeps the connection open. */
async function socketSubject(frames: readonly string[], isOpen: boolean): Promise<ConformanceSubject> {
  const upstream = await startUpstream(async ({ response }) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    for (const frame of frames) response.write(frame);
    if (!isOpen) response.end();
  });
  return {
    provider: new OpenAiChatProvider({ name: "socket", baseUrl: `${upstream.url}/v1` }),
    isReleased: () => upstream.openResponses() === 0,
    close: () => upstream.close(),
  };
}

const openAiChat: ConformanceSubjects = {
  answer: (pieces) => socketSubject([...pieces.map(chunk), FINISH], false),
  hang: (pieces) => socketSubject(pieces.map(chunk), true),
  silence: async () => {
    const upstream = await startUpstream(() => {});
    const provider = new OpenAiChatProvider({ name: "socket", baseUrl: upstream.url });
    return { provider, close: () => upstream.close() };
  },
  fail: (pieces) => socketSubject([...pieces.map(chunk), ERROR], false),
};

/** A `fetch` that heeds no signal: the provider alone must end. */
function deafSubject(frames: readonly string[] | undefined, isOpen: boolean): ConformanceSubject {
  let open = 0;
  const encoder = new TextEncoder();
  const fetch = async () => {
    if (frames === undefined) return await new Promise<never>(() => {});
    let at = 0;
    open++;
    const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
      pull(controller) {
        const frame = frames[at++];
        if (frame !== undefined) controller.enqueue(encoder.encode(frame));
        else if (isOpen) return new Promise(() => {});
        else {
          open--;
          controller.close();
        }
        return undefined;
      },
      cancel() {
        open--;
      },
    });
    return new Response(body);
  };
  return {
    provider: new OpenAiChatProvider({ name: "deaf", baseUrl: "http://127.0.0.1:1", fetch }),
    isReleased: () => open === 0,
  };
}

const deaf: ConformanceSubjects = {
  answer: (pieces) => deafSubject([...pieces.map(chunk), FINISH], false),
  hang: (pieces) => deafSubject(pieces.map(chunk), true),
  silence: () => deafSubject(undefined, true),
  fail: (pieces) => deafSubject([...pieces.map(chunk), ERROR], true),
};

/** An upstream that does not stream: one JSON answer. */
const unary: ConformanceSubjects = {
  ...deaf,
  answer: (pieces) => {
    const message = { role: "assistant", content: pieces.join("") };
    return deafSubject([JSON.stringify({ choices: [{ index: 0, message, finish_reason: "stop" }] })], false);
  },
};

function scriptedSubject(pieces: readonly string[], ...last: ScriptStep[]): ConformanceSubject {
  const parts: ProviderPart[] = pieces.map((text) => ({ type: "text", text }));
  const script: ScriptStep[] = [{ parts: [{ type: "headers" }] }, ...parts.map((part) => ({ parts: [part] })), ...last];
  const provider = new ScriptedProvider({ name: "scripted", attempts: [script], isRepeating: true });
  return { provider, isReleased: () => provider.calls.every((call) => call.isReleased) };
}

const scripted: ConformanceSubjects = {
  answer: (pieces) => scriptedSubject(pieces, { parts: [{ type: "finish", reason: { unified: "stop" } }] }),
  hang: (pieces) => scriptedSubject(pieces, { hang: true }),
  silence: () => {
    const provider = new ScriptedProvider({ name: "scripted", attempts: [[{ gate: new Promise(() => {}) }]] });
    return { provider, isReleased: () => provider.calls.every((call) => call.isReleased) };
  },
  fail: (pieces) => scriptedSubject(pieces, { fail: { code: "overloaded", action: "retry" } }),
};

const mock: ConformanceSubjects = {
  answer: (pieces) => ({ provider: new MockProvider({ name: "mock", text: pieces.join(""), paceMs: 0 }) }),
  hang: (pieces) => {
    let words = 0;
    const pause = () => (++words > 1 ? new Promise<void>(() => {}) : Promise.resolve());
    return { provider: new MockProvider({ name: "mock", text: `${pieces.join("")}c`, pause }) };
  },
};

/** The same subjects, each provider behind one on which no drill is held. */
function unarmed(subjects: ConformanceSubjects): ConformanceSubjects {
  const { answer, hang, silence, fail } = subjects;
  const wrap = async (subject: ConformanceSubject | Promise<ConformanceSubject>) => {
    const { provider, ...rest } = await subject;
    return { ...rest, provider: new FaultyProvider(provider) };
  };
  return {
    answer: (pieces) => wrap(answer(pieces)),
    hang: (pieces) => wrap(hang(pieces)),
    ...(silence && { silence: () => wrap(silence()) }),
    ...(fail && { fail: (pieces: readonly string[]) => wrap(fail(pieces)) }),
  };
}

/** Armed with faults that are made of what the inner provider says; the text comes whole, only in other pieces. */
const dripping: ConformanceSubjects = {
  answer: (pieces) => {
    const { provider, isReleased } = scriptedSubject(pieces, {
      parts: [{ type: "finish", reason: { unified: "stop" } }],
    });
    return {
      provider: armed(provider, { fault: "slow-drip", everyMs: 1, calls: 3 }),
      ...(isReleased && { isReleased }),
    };
  },
  hang: (pieces) => {
    const { provider, isReleased } = scriptedSubject(pieces, { parts: [{ type: "text", text: "lost" }] });
    const afterChars = pieces.join("").length;
    return { provider: armed(provider, { fault: "stall", afterChars }), ...(isReleased && { isReleased }) };
  },
  silence: () => ({ provider: armed(new MockProvider({ name: "mock" }), { fault: "silence" }) }),
  fail: (pieces) => {
    const { provider, isReleased } = scriptedSubject([...pieces, "lost"], { hang: true });
    const afterChars = pieces.join("").length;
    return { provider: armed(provider, { fault: "garbage", afterChars }), ...(isReleased && { isReleased }) };
  },
};

function armed(inner: Provider, fault: FaultInput): FaultyProvider {
  const provider = new FaultyProvider(inner);
  provider.arm(fault);
  return provider;
}

const suites = {
  "OpenAiChatProvider over a socket": openAiChat,
  "OpenAiChatProvider with a fetch that heeds no signal": deaf,
  "OpenAiChatProvider with an upstream that does not stream": unary,
  ScriptedProvider: scripted,
  MockProvider: mock,
  "FaultyProvider over a socket": unarmed(openAiChat),
  "FaultyProvider over ScriptedProvider": unarmed(scripted),
  "FaultyProvider with a fault": dripping,
};
for (const [name, subjects] of Object.entries(suites)) {
  for (const { name: title, run } of providerConformance(name, subjects)) test(title, run);
}
