import type { AnswerEnd, AnswerEvent, AnswerState, Timeouts } from "../events/mod.ts";
import { EMPTY_ANSWER_STATE, foldEvent } from "../events/mod.ts";
import type { Journal } from "../journal/mod.ts";
import { MemoryJournal } from "../journal/mod.ts";
import type { Provider, ProviderPart, Script } from "../providers/mod.ts";
import { ScriptedProvider } from "../providers/mod.ts";
import { ManualClock } from "../resilience/mod.ts";
import type { Ask } from "./ask.ts";
import type { EngineOptions } from "./engine.ts";
import { Engine } from "./engine.ts";
import type { Route } from "./route.ts";
import { watchAnswer } from "./watch.ts";

/** Distinct lengths, so that a test can tell by a timer's length which clock was set. */
export const TIMEOUTS: Timeouts = { connectMs: 1_000, firstTokenMs: 12_000, idleMs: 20_000, totalMs: 180_000 };

export const ANSWER_ID = "answer-under-test";

/** A batch of one text. */
export function text(content: string): { parts: ProviderPart[] } {
  return { parts: [{ type: "text", text: content }] };
}

/** The batch that ends an attempt well. */
export const STOP: { parts: ProviderPart[] } = {
  parts: [{ type: "finish", reason: { unified: "stop", raw: "stop" } }],
};

/** A provider that plays scripts. */
export function scripted(name: string, ...attempts: Script[]): ScriptedProvider {
  return new ScriptedProvider({ name, attempts });
}

export interface World {
  engine: Engine;
  journal: Journal;
  clock: ManualClock;
  route: Route;
  /** Begins the answer. */
  start(ask?: Partial<Ask>): ReturnType<Engine["start"]>;
  /** All events from the beginning to the terminal one. */
  events(): Promise<AnswerEvent[]>;
  /** The answer's state once it has ended. */
  ended(): Promise<AnswerState & { end: AnswerEnd }>;
}

/** An engine over a memory journal and a clock that the test moves. */
export function createWorld(
  providers: readonly Provider[],
  options: Partial<Route> & { engine?: Partial<EngineOptions> } = {},
): World {
  const { engine: engineOptions, ...policy } = options;
  const clock = new ManualClock();
  const journal = engineOptions?.journal ?? new MemoryJournal({ clock });
  const targets = providers.map((provider) => ({ provider, model: `${provider.name}-model` }));
  const route: Route = {
    name: "default",
    targets,
    timeouts: TIMEOUTS,
    maxRetries: 2,
    hedgeAfterMs: null,
    onCut: "continue",
    ...policy,
  };
  const engine = new Engine({
    journal,
    resolveRoute: (name) => (name === route.name ? route : undefined),
    holder: "holder-1",
    clock,
    random: () => 0.5,
    ...engineOptions,
  });
  const events = async () => {
    const all: AnswerEvent[] = [];
    for await (const batch of watchAnswer(journal, ANSWER_ID)) all.push(...batch.map(({ event }) => event));
    return all;
  };
  return {
    engine,
    journal,
    clock,
    route,
    start: (ask) =>
      engine.start({
        answerId: ANSWER_ID,
        owner: "user:1",
        ask: { version: 1, route: "default", messages: [{ role: "user", content: "Why?" }], parameters: {}, ...ask },
      }),
    events,
    async ended() {
      const state = (await events()).reduce(foldEvent, EMPTY_ANSWER_STATE);
      if (state.end === undefined) throw new RangeError("Cannot give the ended answer as its journal has no end");
      return { ...state, end: state.end };
    },
  };
}
