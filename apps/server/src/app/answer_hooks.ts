import type { EngineOptions } from "@cogniforge/core/engine";
import type { Audience } from "../answers/audience.ts";
import type { ConversationChanges } from "../answers/conversation_changes.ts";
import { recordOf, spendingOf } from "../answers/views.ts";
import { DOCTOR_ID } from "../doctor/mod.ts";
import type { AnswerGate } from "../limits/mod.ts";
import type { Logger } from "../log.ts";
import type { Telemetry } from "../measures/telemetry.ts";
import type { OpenTelemetry } from "../otel/mod.ts";
import { answerBindings, endBindings } from "../otel/mod.ts";
import type { RecentTimings } from "../providers/recent_timings.ts";
import type { AnswerRecords } from "../storage/mod.ts";

/** Everybody who hears of an answer's beginning and end. */
export interface AnswerHooksOptions {
  gate: Pick<AnswerGate, "carried" | "ended">;
  audience: Pick<Audience, "ended">;
  telemetry: Pick<Telemetry, "noteStart" | "noteEnd" | "noteKept">;
  exported: Pick<OpenTelemetry, "hasTraces" | "noteEnd">;
  timings: Pick<RecentTimings, "note">;
  records: Pick<AnswerRecords, "put">;
  changes: Pick<ConversationChanges, "note">;
  log: Logger;
}

/** What the engine calls when an answer begins, ends, or can't be carried on: all that is counted, logged and kept of it. */
export function answerHooks(
  options: AnswerHooksOptions,
): Required<Pick<EngineOptions, "onStart" | "onEnd" | "onError">> {
  const { gate, audience, telemetry, exported, timings, records, changes, log } = options;
  return {
    onStart(header) {
      if (header.owner !== DOCTOR_ID) telemetry.noteStart(header);
      void gate.carried(header.owner, header.answerId);
    },
    async onEnd(header, state) {
      audience.ended(header.answerId);
      await gate.ended(header.owner, header.answerId, spendingOf(state));
      // Nobody asked what the doctor asks: it stands in no measure.
      if (header.owner === DOCTOR_ID) return;
      telemetry.noteEnd(header, state);
      exported.noteEnd(header, state);
      const line = { ...answerBindings(header, exported.hasTraces), ...endBindings(state) };
      log[state.end?.outcome === "failed" ? "warn" : "info"](line, "An answer ended");
      timings.note(state);
      const record = recordOf(header, state);
      if (record === undefined) return;
      await records.put(record);
      if (record.conversationId !== undefined) changes.note(record.owner, record.conversationId);
      telemetry.noteKept();
    },
    onError(error, answerId, header) {
      const bindings = header === undefined ? { answerId } : answerBindings(header, exported.hasTraces);
      log.error({ err: error, ...bindings }, "An answer could not be carried on");
    },
  };
}
