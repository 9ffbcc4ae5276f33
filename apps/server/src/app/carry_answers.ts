import { hash } from "node:crypto";
import type { Resilience } from "@cogniforge/core/engine";
import { Engine } from "@cogniforge/core/engine";
import { Audience } from "../answers/audience.ts";
import { ConversationChanges } from "../answers/conversation_changes.ts";
import type { Config } from "../config/mod.ts";
import { DOCTOR_ROUTE, doctorRoute } from "../doctor/mod.ts";
import type { KeyRing } from "../keys/mod.ts";
import { AnswerGate, LoopLag } from "../limits/mod.ts";
import type { Logger } from "../log.ts";
import type { Telemetry } from "../measures/telemetry.ts";
import type { OpenTelemetry } from "../otel/mod.ts";
import { RecentTimings } from "../providers/recent_timings.ts";
import type { Stores } from "../stores/mod.ts";
import { answerHooks } from "./answer_hooks.ts";
import type { Condition } from "./condition.ts";
import type { Current } from "./config_in_force.ts";
import { shareResilience } from "./share_resilience.ts";

/** The engine, with who lets answers in, watches them and hears of their end. */
export interface Carrying {
  engine: Engine;
  resilience: Resilience;
  /** Lets every new answer in, or refuses it. */
  gate: AnswerGate;
  /** Counts who watches. */
  audience: Audience;
  /** Tells the pages of an owner where something has changed. */
  changes: ConversationChanges;
  /** How soon targets began to answer lately. */
  timings: RecentTimings;
  /** By how much the event loop is late; measures until it is closed. */
  lag: LoopLag;
  /** Stops an answer, whichever replica carries it; `false` if none does. */
  cancel(answerId: string): Promise<boolean>;
  /** Takes up answers that nobody carries, unless the server is about to stop. */
  takeUp(): Promise<void>;
}

export interface CarryAnswersOptions {
  /** As it was at the start. */
  config: Pick<Config, "hedging">;
  current: Readonly<Current>;
  stores: Pick<Stores, "records" | "journal" | "limits" | "replicas" | "breakers">;
  /** The name under which this process holds leases. */
  holder: string;
  condition: Readonly<Pick<Condition, "isDraining">>;
  keys: KeyRing;
  telemetry: Telemetry;
  exported: OpenTelemetry;
  log: Logger;
}

/** Makes what carries answers. It begins none, and takes up none, before it is asked to. */
export function carryAnswers(options: CarryAnswersOptions): Carrying {
  const { config, current, stores, holder, condition, keys, telemetry, exported, log } = options;
  const { journal, replicas, records: storage } = stores;
  const timings = new RecentTimings();
  const resilience = shareResilience({ hedging: config.hedging, stores, log });
  const changes = new ConversationChanges({
    onNote: (owner, conversationId) => replicas.tell("conversation-changed", { owner, conversationId }),
  });
  storage.prefillMemory.spreadTo((news) => replicas.tell("prefill", news));
  const lag = new LoopLag();
  // The gate and the audience ask the engine, which tells them: they look for it only when it is there.
  const gate = new AnswerGate({
    store: stores.limits,
    keys,
    limits: () => current.config.limits,
    running: () => engine.running,
    lagMs: () => lag.lagMs,
    onUncounted: (error, answerId) => log.warn({ err: error, answerId }, "An answer could not be counted"),
  });
  const audience = new Audience({
    cancel: (answerId) => void engine.cancel(answerId),
    isWatchedElsewhere: (answerId) => replicas.ask("is-watched", answerId),
  });
  const engine: Engine = new Engine({
    journal,
    resolveRoute: (name) => (name === DOCTOR_ROUTE ? doctorRoute : current.routes.resolve(name)),
    holder,
    prefillMemory: storage.prefillMemory,
    resilience,
    sha256: (text) => hash("sha256", text),
    observer: telemetry,
    ...answerHooks({ gate, audience, telemetry, exported, timings, records: storage.records, changes, log }),
  });
  return {
    engine,
    resilience,
    gate,
    audience,
    changes,
    timings,
    lag,
    cancel: async (answerId) => engine.cancel(answerId) || (await replicas.ask("cancel", answerId)),
    async takeUp() {
      // Whoever is about to stop would only leave them again.
      const recovered = condition.isDraining ? 0 : await engine.recover();
      if (recovered > 0) log.info({ recovered }, "Answers that nobody carried were taken up");
    },
  };
}
