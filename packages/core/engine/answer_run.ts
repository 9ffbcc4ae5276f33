import { failureInfo } from "../failures/mod.ts";
import { StreamTiming } from "../metrics/mod.ts";
import type { AnswerWriter } from "./answer_writer.ts";
import { Continuer, isBegun } from "./continuer.ts";
import { Course } from "./course.ts";
import type { Ending } from "./facts.ts";
import { answerEnd, answerStart } from "./facts.ts";
import type { Past } from "./past.ts";
import type { AnswerRunOptions } from "./run_options.ts";

/**
 * Carries one answer from its acceptance (or from where a dead holder left it) to its terminal event.
 *
 * @throws {LeaseLostError} If another process took the answer over; nothing more is written then.
 * @throws {EndedByEngine} If the signal says `interrupted`: the journal stays open for whoever goes on.
 */
export async function runAnswer(options: AnswerRunOptions): Promise<void> {
  const { answerId, ask, route, writer, clock, past } = options;
  const timing = past?.timing ?? new StreamTiming(clock.now());
  if (writer.state.seq === 0) writer.stage(answerStart(answerId, ask.conversationId, route));
  if (past !== undefined) await closeOpenAttempts(writer, past);
  const ending = await endingOf(options, timing);
  await writer.write([await answerEnd(writer, ending, timing, { now: clock.now(), sha256: options.sha256 })]);
}

async function endingOf(options: AnswerRunOptions, timing: StreamTiming): Promise<Ending> {
  const { ask, route, writer, memory } = options;
  const { state } = writer;
  const last = state.attempts.at(-1);
  // The dead holder had all of it, and died before it could say so.
  if (last?.outcome === "completed") return { last, failure: undefined };
  const continuer = new Continuer(ask, memory);
  if (isBegun(state) && !continuer.mayContinue(state, route.onCut)) {
    return { last: undefined, failure: failureInfo("interrupted") };
  }
  using course = new Course({ ...options, continuer, timing });
  return await course.run();
}

/** Attempts that the dead holder left open end here, with what is known of them. */
async function closeOpenAttempts(writer: AnswerWriter, { attempts, lastAt }: Past): Promise<void> {
  const open = writer.state.attempts.filter(({ outcome }) => outcome === undefined);
  await writer.write(
    open.map(({ attempt }) => ({
      type: "attempt-end",
      attempt,
      outcome: "failed",
      failure: failureInfo("interrupted"),
      timing: (attempts.get(attempt) ?? new StreamTiming(lastAt)).summary(lastAt),
    })),
  );
}
