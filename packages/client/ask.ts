import type { Calls } from "./calls.ts";
import { ConnectionError, FailureError } from "./errors.ts";
import { Patience, type Surroundings } from "./patience.ts";
import type { ConnectionPolicy } from "./policy.ts";

/** A question, and how it is to be answered. */
export interface AskInput {
  question: string;
  /** Absent: a new conversation. */
  conversationId?: string | undefined;
  /** The turn that the question follows: `null` begins the conversation anew, absent goes on with the branch that is shown. */
  parentId?: string | null | undefined;
  /** 8 to 64 characters of `A-Z a-z 0-9 _ -`; absent: a random one. The same id again asks nothing and attaches. */
  answerId?: string | undefined;
  /** Whether it is about the project that the server is set up for; absent: if the question before it was. */
  project?: boolean | undefined;
  /** Absent: the default route. */
  route?: string | undefined;
  /** Passed to the model: `temperature` and the like. */
  parameters?: Record<string, unknown> | undefined;
  /** What happens when a provider's stream is cut; absent: what the route says. */
  onCut?: "continue" | "fail" | undefined;
}

export interface Started {
  answerId: string;
  conversationId: string | undefined;
  /** Position before the first event. */
  cursor: string;
  /** Whether the answer was there before: by an earlier ask with its id, or an earlier try of this one. */
  attached: boolean;
}

/**
 * Starts an answer, trying again while the question or the reply is lost in transit.
 *
 * The id is chosen here and stays the same, so however many tries reach the server, the question is asked once.
 *
 * @throws {FailureError} What the server refuses, or a `ConnectionError` if it could not be reached for long.
 */
export async function startAnswer(
  input: AskInput,
  signal: AbortSignal | undefined,
  { calls, policy, surroundings }: { calls: Calls; policy: ConnectionPolicy; surroundings: Surroundings },
): Promise<Started> {
  const question = { ...input, answerId: input.answerId ?? randomAnswerId() };
  const patience = new Patience(policy, surroundings);
  for (;;) {
    try {
      const { conversationId, ...rest } = await calls.call(
        (options) => calls.trpc.answers.start.mutate(question, options),
        { signal },
      );
      return { ...rest, conversationId };
    } catch (error) {
      if (!isLostInTransit(error)) throw error;
      await patience.afterFailure(error, signal ?? new AbortController().signal);
    }
  }
}

/** Whether the server may never have seen the call, or says itself that another try will be served. */
function isLostInTransit(error: unknown): boolean {
  if (error instanceof ConnectionError) return true;
  if (!(error instanceof FailureError)) return false;
  // Waits for somebody to set a provider, not for the server.
  if (error.code === "no-provider") return false;
  return error.status === 502 || error.status === 503 || error.status === 504;
}

/** 128 random bits. `crypto.randomUUID` would do, but browsers give it only to pages from HTTPS or localhost. */
function randomAnswerId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
