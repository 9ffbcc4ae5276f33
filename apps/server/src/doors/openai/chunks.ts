import type { AnswerEnd, AnswerEvent, ToolCallInfo } from "@cogniforge/core/events";
import type { AnswerView } from "../../answers/answer_view.ts";
import type { Choice } from "./choices.ts";
import type { Telling } from "./completion.ts";
import { openAiErrorOf } from "./errors.ts";
import {
  completionId,
  extensionOf,
  extensionOfAll,
  modelOf,
  openAiFinishReason,
  openAiLogprobs,
  openAiReasoning,
  openAiToolCall,
  openAiUsage,
} from "./vocabulary.ts";

/** What all chunks of a stream have in common. */
export interface StreamShape extends Telling {
  /** The answers, in the order of their choices. */
  choices: readonly Choice[];
  includeUsage: boolean;
}

export interface ChunkWriterOptions extends StreamShape {
  /** Which of the choices is written. */
  index: number;
  /** What a reader who comes back may have been told already: the answer as it is. Absent for one who begins. */
  known: Pick<AnswerView, "attempts" | "toolCalls"> | undefined;
}

/** Turns the events of one choice's answer into the data of `chat.completion.chunk` events, in order. */
export class ChunkWriter {
  readonly #options: ChunkWriterOptions;
  readonly #choice: Choice;
  #model: string;
  #hasRole: boolean;
  readonly #toolCalls: Pick<ToolCallInfo, "attempt" | "index">[];

  /** @throws {RangeError} If there is no such choice. */
  constructor(options: ChunkWriterOptions) {
    const { known, choices, index } = options;
    const choice = choices[index];
    if (choice === undefined) throw new RangeError(`Cannot write choice ${index} as there are ${choices.length}`);
    const attempt = known?.attempts.at(-1);
    this.#options = options;
    this.#choice = choice;
    this.#model = attempt?.modelReported ?? attempt?.model ?? choice.route;
    this.#hasRole = known !== undefined;
    this.#toolCalls = [...(known?.toolCalls ?? [])];
  }

  /** The data for one event; nothing for events that this format has no word for. */
  write(event: AnswerEvent): string[] {
    switch (event.type) {
      case "attempt-start":
        this.#model = event.model;
        return [];
      case "text-delta": {
        const { text, logprobs, isRefusal = false } = event;
        const isTold = this.#options.hasLogprobs && logprobs !== undefined;
        const more = isTold ? { logprobs: openAiLogprobs(logprobs, isRefusal) } : {};
        return [this.#delta(event, isRefusal ? { refusal: text } : { content: text }, more)];
      }
      case "reasoning-delta":
        return [this.#delta(event, openAiReasoning(event.text))];
      case "reasoning-details":
        return [this.#delta(event, { reasoning_details: event.details })];
      case "tool-call":
        return this.#call(event);
      case "answer-end":
        return this.#end(event);
      case "answer-start":
      case "attempt-end":
      case "snapshot":
        return [];
      default:
        return event satisfies never;
    }
  }

  #call(event: Extract<AnswerEvent, { type: "tool-call" }>): string[] {
    const index = this.#indexOf(event);
    const call = openAiToolCall(event);
    if (!this.#options.isLegacy) return [this.#delta(event, { tool_calls: [{ index, ...call }] })];
    // The old form has one call and no more.
    return index === 0 ? [this.#delta(event, { function_call: call.function })] : [];
  }

  /** The call's place among all of the answer's: an attempt numbers only its own, and a reader who comes back missed some. */
  #indexOf({ attempt, index }: Pick<ToolCallInfo, "attempt" | "index">): number {
    const place = this.#toolCalls.findIndex((call) => call.attempt === attempt && call.index === index);
    return place >= 0 ? place : this.#toolCalls.push({ attempt, index }) - 1;
  }

  #delta(
    { modelReported }: { modelReported?: string | undefined },
    delta: Record<string, unknown>,
    more: Record<string, unknown> = {},
  ): string {
    this.#model = modelReported ?? this.#model;
    const withRole = this.#hasRole ? delta : { role: "assistant", ...delta };
    this.#hasRole = true;
    const { index } = this.#options;
    return chunkOf(this.#options, this.#model, [{ index, delta: withRole, ...more, finish_reason: null }]);
  }

  #end(end: AnswerEnd): string[] {
    const { index, choices, isLegacy } = this.#options;
    const { answerId, route } = this.#choice;
    const { failure, finishReason } = end;
    // A failure of the only choice is the stream's own.
    if (failure !== undefined && choices.length === 1) return [];
    const finish =
      failure === undefined
        ? { finish_reason: openAiFinishReason(finishReason, isLegacy) }
        : { finish_reason: "error", ...openAiErrorOf(failure) };
    const answerIds = choices.length > 1 ? { answerIds: choices.map((choice) => choice.answerId) } : {};
    const cogniforge = { ...extensionOf(answerId, end), ...answerIds };
    return [chunkOf(this.#options, modelOf(end, route), [{ index, delta: {}, ...finish }], { cogniforge })];
  }
}

/** The data that follows the end of the last choice: usage if it was asked for, then the end mark; or the failure of them all. */
export function closingData(shape: StreamShape, ends: readonly AnswerEnd[]): string[] {
  const { choices, includeUsage } = shape;
  const cogniforge = extensionOfAll(
    choices.map(({ answerId }) => answerId),
    ends,
  );
  const [failure] = ends.flatMap((end) => end.failure ?? []);
  const good = ends.findIndex((end) => end.failure === undefined);
  if (failure !== undefined && good < 0) return [JSON.stringify({ ...openAiErrorOf(failure), cogniforge })];
  const named = ends[good];
  if (!includeUsage || named === undefined) return ["[DONE]"];
  const usage = openAiUsage(ends) ?? null;
  return [chunkOf(shape, modelOf(named, choices[good]?.route ?? ""), [], { usage, cogniforge }), "[DONE]"];
}

function chunkOf(
  { choices, includeUsage }: StreamShape,
  model: string,
  own: readonly unknown[],
  more: Record<string, unknown> = {},
): string {
  const [first] = choices;
  return JSON.stringify({
    id: completionId(first?.answerId ?? ""),
    object: "chat.completion.chunk",
    created: Math.floor((first?.createdAt ?? 0) / 1000),
    model,
    choices: own,
    // OpenAI writes a null in every other chunk when usage was asked for.
    ...(includeUsage && { usage: null }),
    ...more,
  });
}
