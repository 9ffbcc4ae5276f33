import type { AnswerEnd, AnswerEvent, ReasoningDetails, ToolCall } from "@cogniforge/core/events";
import { modelOf } from "../openai/vocabulary.ts";
import type { FrameWriter } from "../stream_answer.ts";
import { anthropicErrorOf } from "./errors.ts";
import { toEnvelope, toThinkingBlocks } from "./reasoning.ts";
import { requestIdOf } from "./request_id.ts";
import { anthropicExtension, anthropicUsage, messageId, stopReasonOf } from "./vocabulary.ts";

export interface MessageWriterOptions {
  answerId: string;
  /** What was asked for; named until the model that answers is known. */
  route: string;
  /** Those of the request, where it is at hand. */
  stopSequences: readonly string[];
}

type Frame = ReturnType<FrameWriter["write"]>[number];
type Block = Readonly<Record<string, unknown>> & { type: string };

/**
 * Turns an answer's events into the events of Anthropic's stream, one content block after the other.
 *
 * A text that another attempt goes on with stays one block, so that a cut can't be seen: what that attempt thinks before it goes
 * on is not shown. What a provider wants back of its reasoning is known only at the end, when the thinking's own block has long
 * been closed: then it stands in a last block of thinking, which is empty but for its signature.
 */
export class MessageWriter implements FrameWriter {
  readonly #options: MessageWriterOptions;
  #model: string;
  #isStarted = false;
  #blocks = 0;
  #open: { type: "text" | "thinking"; attempt: number } | undefined;
  /** The attempt that wrote the latest text or call. */
  #author: number | undefined;
  #hasToolCalls = false;
  #hasRefused = false;
  /** Attempts whose thinking was shown. */
  readonly #shown = new Set<number>();
  #details: Pick<ReasoningDetails, "attempt" | "details"> | undefined;

  constructor(options: MessageWriterOptions) {
    this.#options = options;
    this.#model = options.route;
  }

  write(event: AnswerEvent): Frame[] {
    if ("modelReported" in event && event.type !== "answer-end") this.#model = event.modelReported ?? this.#model;
    switch (event.type) {
      case "attempt-start":
        this.#model = event.model;
        this.#details = undefined;
        return [];
      case "text-delta":
        this.#author = event.attempt;
        this.#hasRefused ||= event.isRefusal === true;
        return [...this.#into("text", event.attempt), this.#delta({ type: "text_delta", text: event.text })];
      case "reasoning-delta":
        if (this.#author !== undefined && this.#author !== event.attempt) return [];
        this.#shown.add(event.attempt);
        return [
          ...this.#into("thinking", event.attempt),
          this.#delta({ type: "thinking_delta", thinking: event.text }),
        ];
      case "reasoning-details":
        this.#details = event;
        return [];
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

  /** Goes on in the open block if it fits, and else begins another. */
  #into(type: "text" | "thinking", attempt: number): Frame[] {
    const isSame = this.#open?.type === type && (type === "text" || this.#open.attempt === attempt);
    if (isSame) return [];
    const empty = type === "text" ? { type, text: "" } : { type, thinking: "", signature: "" };
    const frames = [...this.#close(), ...this.#begin(empty)];
    this.#open = { type, attempt };
    return frames;
  }

  #call({ attempt, id, name, arguments: args, extra }: ToolCall): Frame[] {
    this.#author = attempt;
    this.#hasToolCalls = true;
    const block = { type: "tool_use", id, name, input: {}, ...(extra && { extra_content: extra }) };
    return [...this.#close(), ...this.#whole(block, { type: "input_json_delta", partial_json: args })];
  }

  #end(end: AnswerEnd): Frame[] {
    const { answerId, route, stopSequences } = this.#options;
    const cogniforge = anthropicExtension(answerId, end);
    if (end.failure !== undefined) {
      return [frameOf({ ...anthropicErrorOf(end.failure, requestIdOf(answerId)), cogniforge })];
    }
    this.#model = modelOf(end, route);
    const told = { hasToolCalls: this.#hasToolCalls, hasRefused: this.#hasRefused, stopSequences };
    const delta = stopReasonOf(end, told);
    return [
      ...this.#close(),
      ...this.#giveDetails(),
      ...this.#start(),
      frameOf({ type: "message_delta", delta, usage: anthropicUsage(end.usage), cogniforge }),
      frameOf({ type: "message_stop" }),
    ];
  }

  #giveDetails(): Frame[] {
    if (this.#details === undefined) return [];
    const { attempt, details } = this.#details;
    const own = this.#shown.has(attempt) ? undefined : toThinkingBlocks(details);
    const blocks = own ?? [{ type: "thinking" as const, thinking: "", signature: toEnvelope(details) }];
    return blocks.flatMap((block) => {
      if (block.type === "redacted_thinking") return this.#whole(block);
      const { thinking, signature } = block;
      return this.#whole(
        { type: "thinking", thinking: "", signature: "" },
        ...(thinking === "" ? [] : [{ type: "thinking_delta", thinking }]),
        { type: "signature_delta", signature },
      );
    });
  }

  /** A block that is complete at once. */
  #whole(block: Block, ...deltas: Block[]): Frame[] {
    const begin = this.#begin(block);
    return [...begin, ...deltas.map((delta) => this.#delta(delta)), this.#stop()];
  }

  #begin(block: Block): Frame[] {
    const start = this.#start();
    return [...start, frameOf({ type: "content_block_start", index: this.#blocks++, content_block: block })];
  }

  #delta(delta: Block): Frame {
    return frameOf({ type: "content_block_delta", index: this.#blocks - 1, delta });
  }

  #close(): Frame[] {
    if (this.#open === undefined) return [];
    this.#open = undefined;
    return [this.#stop()];
  }

  #stop(): Frame {
    return frameOf({ type: "content_block_stop", index: this.#blocks - 1 });
  }

  /** Not before the model is known that really answers: it is named here and nowhere else. */
  #start(): Frame[] {
    if (this.#isStarted) return [];
    this.#isStarted = true;
    const message = {
      id: messageId(this.#options.answerId),
      type: "message",
      role: "assistant",
      model: this.#model,
      content: [],
      stop_reason: null,
      stop_sequence: null,
      usage: anthropicUsage(undefined),
    };
    return [frameOf({ type: "message_start", message })];
  }
}

function frameOf(data: Record<string, unknown> & { type: string }): Frame {
  return { event: data.type, data: JSON.stringify(data) };
}
