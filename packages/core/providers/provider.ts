import type { Cost, FinishReason, Timeouts, Usage } from "../events/mod.ts";
import type { ChatMessage } from "./chat_message.ts";

/** The wire languages that are spoken. */
export type Dialect =
  | "openai-chat"
  | "openai-responses"
  | "anthropic-messages"
  | "gemini"
  | "ollama"
  | "cohere"
  | "ai-sdk"
  | "mock"
  | "scripted";

/** What one attempt asks of a model. */
export interface ProviderRequest {
  /** The model's name as the provider knows it. */
  model: string;
  messages: readonly ChatMessage[];
  /**
   * Further fields of the request in OpenAI's chat vocabulary (`temperature`, `tools`, `response_format`, …), and fields that
   * nobody knows yet: a dialect translates those that it has and passes the rest through.
   */
  parameters: Readonly<Record<string, unknown>>;
  /** Ceiling of output tokens. */
  maxOutputTokens?: number;
  /**
   * The beginning of the model's own message, from which it goes on. Given only to a provider that says it accepts one; never
   * empty, and without blanks at its end, which some refuse.
   */
  prefill?: string;
}

/** What a provider is given beside the request. */
export interface ProviderContext {
  /** Aborts the upstream call; the stream then ends or throws at once. */
  signal: AbortSignal;
  /** Limits of the route; a provider needs only `connectMs`, the engine keeps the others. */
  timeouts: Pick<Timeouts, "connectMs">;
}

/**
 * One piece of what an upstream says, in the project's own vocabulary.
 *
 * - `headers`: the upstream has accepted the request.
 * - `alive`: a comment, a ping or an empty event: the connection lives, the model has said nothing.
 * - `text`, `reasoning`: what the model says, never empty; `logprobs` holds the text's tokens as OpenAI's `logprobs.content` does,
 *   `isRefusal` marks words in which it declines, where the provider keeps them apart.
 * - `progress`: the model works on something that is not released piece by piece, such as a tool call's arguments.
 * - `tool-call`: complete, with arguments that are valid JSON text; `extra` is what the provider wants back beside the call in
 *   the next turn, as OpenAI's look-alikes write it in `extra_content` (Gemini's thought signature).
 * - `reasoning-details`: what the provider wants back of its reasoning in the next turn (signatures, encrypted blocks), as
 *   OpenRouter writes it in `reasoning_details`; complete, once, before the finish.
 * - `model`, `usage`, `cost`: what the upstream reports of itself; a later one replaces an earlier one.
 * - `finish`: the model has finished. What follows is at most a report; an error after it is no failure.
 */
export type ProviderPart =
  | { type: "headers" }
  | { type: "alive" }
  | { type: "progress" }
  | { type: "text"; text: string; logprobs?: readonly unknown[]; isRefusal?: true }
  | { type: "reasoning"; text: string }
  | { type: "reasoning-details"; details: readonly Readonly<Record<string, unknown>>[] }
  | {
      type: "tool-call";
      index: number;
      id: string;
      name: string;
      arguments: string;
      extra?: Readonly<Record<string, unknown>>;
    }
  | { type: "model"; model: string }
  | { type: "usage"; usage: Usage }
  | { type: "cost"; cost: Cost }
  | { type: "finish"; reason: FinishReason };

/** The one interface behind which every dialect stands. */
export interface Provider {
  /** The name under which it is configured. */
  readonly name: string;
  readonly dialect: Dialect;
  /** Whether its answers are trial answers, with no model behind them. */
  readonly isTrial: boolean;
  /** Whether the model is known to go on from a beginning of its own message; absent means no. */
  acceptsPrefill?(model: string): boolean;
  /**
   * Asks the model and yields what comes, one batch for each read from the upstream, so that a reader costs one event a read.
   *
   * A stream that ends without a `finish` part was cut.
   *
   * @throws {UpstreamError} If the attempt has failed, before or after the first part.
   */
  stream(request: ProviderRequest, context: ProviderContext): AsyncIterable<readonly ProviderPart[]>;
}
