import type { AskMessages } from "../../answers/answers.ts";
import type { Principal } from "../../auth/principal.ts";
import type { Services } from "../../services.ts";

/** One answer of a request, as one of its choices. */
export interface Choice {
  answerId: string;
  /** What was asked for. */
  route: string;
  /** Epoch milliseconds. */
  createdAt: number;
}

/**
 * Asks as often as choices are wanted: each is an answer of its own, with its own journal, fallback and continuation.
 *
 * If one of them can't begin, those that have begun are cancelled: nobody would read them.
 *
 * @throws {FailureError} As `askMessages` does.
 */
export async function askChoices(
  answers: Services["answers"],
  principal: Principal,
  input: AskMessages,
  count: number,
): Promise<Choice[]> {
  // The first alone, so that what is wrong with the request is found before anything runs.
  const started = [await answers.askMessages(principal, { ...input, requested: count })];
  const rest = Array.from({ length: count - 1 }, (_, at) => answers.askMessages(principal, inputOf(input, at + 1)));
  const failures: unknown[] = [];
  for (const result of await Promise.allSettled(rest)) {
    if (result.status === "fulfilled") started.push(result.value);
    else failures.push(result.reason);
  }
  if (failures.length > 0) {
    const own = started.filter(({ attached }) => !attached);
    await Promise.allSettled(own.map(({ answerId }) => answers.cancel(principal, answerId)));
    throw failures[0];
  }
  return Promise.all(started.map(({ answerId }) => choiceOf(answers, principal, answerId)));
}

/** The choice that an answer is. */
export async function choiceOf(answers: Services["answers"], principal: Principal, answerId: string): Promise<Choice> {
  const { route, createdAt } = await answers.find(principal, answerId);
  return { answerId, route, createdAt };
}

function inputOf(input: AskMessages, index: number): AskMessages {
  const { idempotencyKey, parameters } = input;
  const { seed } = parameters;
  return {
    ...input,
    requested: 0,
    // No header can hold this character, so that no other key is taken.
    idempotencyKey: idempotencyKey === undefined ? undefined : `${idempotencyKey}\0${index}`,
    // The same seed would give the same answer again.
    parameters: typeof seed === "number" ? { ...parameters, seed: seed + index } : parameters,
  };
}
