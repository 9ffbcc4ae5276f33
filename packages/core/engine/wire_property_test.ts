import process from "node:process";
import { test } from "node:test";
import fc from "fast-check";
import { OpenAiChatProvider, type ProviderFetch } from "../providers/mod.ts";
import { systemClock } from "../resilience/mod.ts";
import { answerText, type Behaviour, behaviour, checkAnswer, say } from "../testing/cut_models.ts";
import { ANSWER_ID, createWorld } from "./_world.ts";

/** How the bytes of one upstream go. */
interface Wire {
  /** Where the body is cut, in thousandths of its bytes. */
  cutAt: number;
  /** Whether the cut looks like an end of the body, or like a broken connection. */
  how: "end" | "break";
  /** Characters an event, which may part a surrogate pair. */
  charsPerEvent: number;
  /** Bytes a read, which may part a character's bytes. */
  bytesPerRead: number;
  /** Whether characters beyond ASCII are escaped in the JSON. */
  isEscaped: boolean;
  newline: "\n" | "\r\n" | "\r";
  hasPrefill: boolean;
}

interface Scenario {
  whole: string;
  cuts: number;
  behaviours: Behaviour[];
  wires: Wire[];
  overlap: number;
  drops: number[];
}

const TARGETS = 4;

const wire: fc.Arbitrary<Wire> = fc.record({
  cutAt: fc.nat({ max: 1000 }),
  how: fc.constantFrom("end", "break"),
  charsPerEvent: fc.integer({ min: 1, max: 40 }),
  bytesPerRead: fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 10, max: 3000 })),
  isEscaped: fc.boolean(),
  newline: fc.constantFrom("\n", "\n", "\r\n", "\r"),
  hasPrefill: fc.boolean(),
});

const scenario: fc.Arbitrary<Scenario> = fc.record({
  whole: answerText,
  cuts: fc.integer({ min: 1, max: TARGETS - 1 }),
  behaviours: fc.array(behaviour, { minLength: TARGETS, maxLength: TARGETS }),
  wires: fc.array(wire, { minLength: TARGETS, maxLength: TARGETS }),
  overlap: fc.nat({ max: 120 }),
  drops: fc.array(fc.integer({ min: 1, max: 6 }), { maxLength: 12 }),
});

function bodyOf(text: string, { charsPerEvent, isEscaped, newline }: Wire): Uint8Array {
  const pieces = [];
  for (let at = 0; at < text.length; at += charsPerEvent) pieces.push(text.slice(at, at + charsPerEvent));
  const chunks = [
    ...pieces.map((content) => ({ choices: [{ index: 0, delta: { content } }] })),
    { choices: [{ index: 0, delta: {}, finish_reason: "stop" }] },
  ];
  const data = chunks.map((chunk) => {
    const json = JSON.stringify(chunk);
    return isEscaped
      ? json.replace(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
      : json;
  });
  const events = [...data, "[DONE]"].map((line) => `data: ${line}${newline}${newline}`);
  return new TextEncoder().encode(events.join(""));
}

/** The bytes of one answer: reads of a given size, cut off at a byte. */
function responseOf(bytes: Uint8Array, { cutAt, how, bytesPerRead }: Wire, isCut: boolean): Response {
  const end = isCut ? Math.floor((bytes.length * cutAt) / 1000) : bytes.length;
  let at = 0;
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull(controller) {
      if (at < end) controller.enqueue(bytes.slice(at, Math.min(end, at + bytesPerRead)));
      else if (isCut && how === "break") controller.error(new TypeError("terminated"));
      else controller.close();
      at += bytesPerRead;
    },
  });
  return new Response(body, { headers: { "content-type": "text/event-stream" } });
}

/** A target behind a real wire: it speaks bytes, and those are cut. */
function targetOf({ whole, cuts, behaviours, wires, overlap }: Scenario, index: number): OpenAiChatProvider {
  const own = wires[index];
  if (own === undefined) throw new RangeError(`Cannot make target ${index}: the scenario has no wire for it`);
  const fetch: ProviderFetch = async (_url, { body }) => {
    const { messages }: { messages: { role: string; content: string }[] } = JSON.parse(String(body));
    const known = messages.findLast(({ role }) => role === "assistant")?.content;
    const text = say(behaviours[index], { whole, known, overlap, isFirst: index === 0 });
    return responseOf(bodyOf(text, own), own, index < cuts);
  };
  const prefillStyle = own.hasPrefill ? "trailing" : undefined;
  return new OpenAiChatProvider({ name: `target-${index}`, baseUrl: "http://127.0.0.1/v1", fetch, prefillStyle });
}

const RUNS = process.env.COGNIFORGE_LONG ? 5_000 : 200;
/** The same in every ordinary run, so that a change that breaks nothing never turns it red; another in each long one. */
const SEED = Number(process.env.COGNIFORGE_SEED ?? (process.env.COGNIFORGE_LONG === "1" ? Date.now() % 2 ** 31 : 1));
console.log(`continuation over bytes: seed ${SEED}, ${RUNS} runs (COGNIFORGE_SEED repeats it)`);

test("Engine gives every reader every character exactly once, at whatever byte its upstreams are cut", async () => {
  await fc.assert(
    fc.asyncProperty(scenario, async (chosen) => {
      const targets = Array.from({ length: TARGETS }, (_, index) => targetOf(chosen, index));
      const world = createWorld(targets, { maxRetries: 0, engine: { clock: systemClock, random: () => 0 } });
      await world.start();
      await checkAnswer({ ...world, answerId: ANSWER_ID }, chosen);
    }),
    { numRuns: RUNS, seed: SEED, verbose: 1 },
  );
});
