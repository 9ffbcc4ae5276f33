import { chatMessageSchema } from "@cogniforge/core/providers";
import * as z from "zod";
import type { AskMessages } from "../../answers/answers.ts";
import { FailureError } from "../../failure_error.ts";

const requestSchema = z.looseObject({
  model: z.string().min(1).max(300),
  messages: z.array(chatMessageSchema).min(1),
  stream: z.boolean().nullish(),
  stream_options: z.looseObject({ include_usage: z.boolean().nullish() }).nullish(),
  n: z.literal(1, "Only one choice can be given: 'n' must be 1").nullish(),
  max_tokens: z.int().positive().nullish(),
  max_completion_tokens: z.int().positive().nullish(),
});

/** A chat completion as it was asked for. */
export interface ChatCompletionRequest {
  ask: Pick<AskMessages, "messages" | "route" | "parameters">;
  isStreamed: boolean;
  includeUsage: boolean;
}

/**
 * Reads OpenAI's request: what the engine needs, and everything else as parameters that pass through.
 *
 * @throws {FailureError} `invalid-input`, naming the field.
 */
export function parseChatCompletion(body: Record<string, unknown>): ChatCompletionRequest {
  const parsed = requestSchema.safeParse(body);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const param = issue?.path.join(".");
    const code = param === "n" ? "unsupported-feature" : "invalid-input";
    throw new FailureError(code, { param: param || undefined, detail: issue?.message });
  }
  const { model, messages, stream, n: _one, ...parameters } = parsed.data;
  return {
    ask: { messages, route: model, parameters },
    isStreamed: stream ?? false,
    includeUsage: parameters.stream_options?.include_usage ?? false,
  };
}
