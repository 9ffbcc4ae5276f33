import type { AnswerEnd, AnswerEvent, ToolCallInfo } from "@cogniforge/core/events";
import type { AnswerView } from "../../answers/answer_view.ts";
import { openAiErrorOf } from "./errors.ts";
import { completionId, extensionOf, modelOf, openAiFinishReason, openAiUsage } from "./vocabulary.ts";

export interface ChunkWriterOptions {
  answerId: string;
  /** What was asked for; named until the model that answers is known. */
  route: string;
  /** Epoch milliseconds. */
  createdAt: number;
  includeUsage: boolean;
  /** What a reader who comes back may have been told already: the answer as it is. Absent for one who begins. */
  known: Pick<AnswerView, "attempts" | "toolCalls"> | undefined;
}

/** Turns an answer's events into the data of `chat.completion.chunk` events, in order. */
export class ChunkWriter {
  readonly #options: ChunkWriterOptions;
  #model: string;
  #hasRole: boolean;
  readonly #toolCalls: Pick<ToolCallInfo, "attempt" | "index">[];

  constructor(options: ChunkWriterOptions) {
    this.#options = options;
    const { known, route } = options;
    const attempt = known?.attempts.at(-1);
    this.#model = attempt?.modelReported ?? attempt?.model ?? route;
    this.#hasRole = known !== undefined;
    this.#toolCalls = [...(known?.toolCalls ?? [])];
  }

  /** The data for one event; nothing for events that this format has no word for. */
  write(event: AnswerEvent): string[] {
    switch (event.type) {
      case "attempt-start":
        this.#model = event.model;
        return [];
      case "text-delta":
        this.#model = event.modelReported ?? this.#model;
        return [this.#delta({ content: event.text })];
      case "reasoning-delta":
        this.#model = event.modelReported ?? this.#model;
        return [this.#delta({ reasoning_content: event.text })];
      case "reasoning-details":
        this.#model = event.modelReported ?? this.#model;
        return [this.#delta({ reasoning_details: event.details })];
      case "tool-call": {
        this.#model = event.modelReported ?? this.#model;
        const { id, name, arguments: args } = event;
        const index = this.#indexOf(event);
        return [this.#delta({ tool_calls: [{ index, id, type: "function", function: { name, arguments: args } }] })];
      }
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

  /** The call's place among all of the answer's: an attempt numbers only its own, and a reader who comes back missed some. */
  #indexOf({ attempt, index }: Pick<ToolCallInfo, "attempt" | "index">): number {
    const place = this.#toolCalls.findIndex((call) => call.attempt === attempt && call.index === index);
    return place >= 0 ? place : this.#toolCalls.push({ attempt, index }) - 1;
  }

  #delta(delta: Record<string, unknown>): string {
    const withRole = this.#hasRole ? delta : { role: "assistant", ...delta };
    this.#hasRole = true;
    return this.#chunk([{ index: 0, delta: withRole, finish_reason: null }]);
  }

  #end(end: AnswerEnd): string[] {
    const cogniforge = extensionOf(this.#options.answerId, end);
    if (end.failure !== undefined) {
      return [JSON.stringify({ ...openAiErrorOf(end.failure), cogniforge })];
    }
    this.#model = modelOf(end, this.#options.route);
    const choice = { index: 0, delta: {}, finish_reason: openAiFinishReason(end.finishReason) };
    const chunks = [this.#chunk([choice], { cogniforge })];
    if (this.#options.includeUsage) chunks.push(this.#chunk([], { usage: openAiUsage(end.usage) ?? null, cogniforge }));
    return [...chunks, "[DONE]"];
  }

  #chunk(choices: unknown[], more: Record<string, unknown> = {}): string {
    const { answerId, createdAt, includeUsage } = this.#options;
    return JSON.stringify({
      id: completionId(answerId),
      object: "chat.completion.chunk",
      created: Math.floor(createdAt / 1000),
      model: this.#model,
      choices,
      // OpenAI writes a null in every other chunk when usage was asked for.
      ...(includeUsage && { usage: null }),
      ...more,
    });
  }
}
