import type { AnswerEvent } from "@cogniforge/core/events";
import type { Language } from "./terminal.ts";

type EndEvent = Extract<AnswerEvent, { type: "answer-end" }>;

/** Turns an answer's events into text for standard output and remarks for standard error. */
export class AnswerPrinter {
  readonly #language: Language;
  #length = 0;

  constructor(language: Language) {
    this.#language = language;
  }

  take(event: AnswerEvent): { text: string; remark?: string | undefined } {
    switch (event.type) {
      case "text-delta": {
        // What is printed can't be taken back: only what lies beyond it is new.
        const text = event.text.slice(Math.max(0, this.#length - event.offset));
        this.#length += text.length;
        return { text };
      }
      case "snapshot": {
        const text = event.text.slice(this.#length);
        this.#length += text.length;
        return { text };
      }
      case "attempt-end":
        return { text: "", remark: event.outcome === "failed" && event.next ? this.#setback(event) : undefined };
      case "answer-end":
        return { text: this.#length > 0 ? "\n" : "", remark: this.#end(event) };
      default:
        return { text: "" };
    }
  }

  /** The connection was lost; the answer goes on. */
  lost(): string {
    return this.#say("The connection was lost: going on…", "انقطع الاتصال: جارٍ المتابعة…");
  }

  #setback({ failure, next }: Extract<AnswerEvent, { type: "attempt-end" }>): string {
    const why = failure?.message[this.#language] ?? "";
    return this.#say(`${why} Next: ${next?.provider}`, `${why} التالي: ${next?.provider}`);
  }

  #end({ outcome, failure, provider, model, modelReported, timing, usage, cost }: EndEvent): string {
    if (outcome === "failed") {
      return this.#say(
        `The answer failed. ${failure?.message.en ?? ""}\n${failure?.remedy.en ?? ""}`,
        `فشلت الإجابة. ${failure?.message.ar ?? ""}\n${failure?.remedy.ar ?? ""}`,
      ).trim();
    }
    if (outcome === "cancelled") return this.#say("The answer was stopped", "أُوقفت الإجابة");
    const seconds = (ms: number | undefined) => (ms === undefined ? undefined : (ms / 1000).toFixed(2));
    const parts = [
      [provider, modelReported ?? model].filter(Boolean).join(" · "),
      timing.firstTokenMs !== undefined &&
        this.#say(`first token ${seconds(timing.firstTokenMs)} s`, `أول رمز ${seconds(timing.firstTokenMs)} ث`),
      this.#say(`${seconds(timing.totalMs)} s`, `${seconds(timing.totalMs)} ث`),
      usage?.outputTokens !== undefined && this.#say(`${usage.outputTokens} tokens`, `${usage.outputTokens} من الرموز`),
      cost !== undefined && `$${cost.amount}`,
    ];
    return parts.filter((part) => part !== false && part !== "").join(" | ");
  }

  #say(en: string, ar: string): string {
    return this.#language === "ar" ? ar : en;
  }
}
