import { newId } from "../../answers/answer_id.ts";

/** An id for a request that led to no answer, in Anthropic's form. */
export function newRequestId(): string {
  return `req_${newId()}`;
}

/** The id of a request that an answer was given to: whoever reports it names the answer. */
export function requestIdOf(answerId: string): string {
  return `req_${answerId}`;
}
