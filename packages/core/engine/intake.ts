import type { Cost, FinishReason, Usage } from "../events/mod.ts";
import type { ProviderPart } from "../providers/mod.ts";
import type { AttemptFact } from "./answer_writer.ts";

const NOT_BLANK = /\S/;

/**
 * Turns what a provider yields into the facts that readers get, and keeps what the upstream reports of itself.
 *
 * - **Commit late, but at once**: blanks at the beginning wait for the first character that can be seen, so that an attempt which
 *   sends nothing but blanks leaves no trace; then they are released with it, unharmed.
 * - Pieces of one read become one delta.
 * - A high surrogate at the end of a piece waits for its other half.
 */
export class Intake {
  usage: Usage | undefined;
  cost: Cost | undefined;
  modelReported: string | undefined;
  finishReason: FinishReason | undefined;
  /** Whether text or a tool call was released: the attempt is committed. */
  isCommitted = false;
  readonly #attempt: number;
  #toldModel: string | undefined;
  #text = "";
  #reasoning = "";

  constructor(attempt: number) {
    this.#attempt = attempt;
  }

  /** Takes one batch and returns what is to be released for it. */
  take(parts: readonly ProviderPart[]): AttemptFact[] {
    const facts: AttemptFact[] = [];
    for (const part of parts) {
      switch (part.type) {
        case "text":
          this.#releaseReasoning(facts);
          this.#text += part.text;
          break;
        case "reasoning":
          this.#releaseText(facts);
          this.#reasoning += part.text;
          break;
        case "tool-call": {
          this.#releaseReasoning(facts);
          this.#releaseText(facts);
          this.isCommitted = true;
          const { index, id, name } = part;
          facts.push({ type: "tool-call", attempt: this.#attempt, index, id, name, arguments: part.arguments });
          break;
        }
        case "model":
          this.modelReported = part.model;
          break;
        case "usage":
          this.usage = part.usage;
          break;
        case "cost":
          this.cost = part.cost;
          break;
        case "finish":
          this.finishReason = part.reason;
          break;
        case "headers":
        case "alive":
        case "progress":
          break;
      }
    }
    this.#releaseReasoning(facts);
    this.#releaseText(facts);
    this.#tellModel(facts[0]);
    return facts;
  }

  /** Releases half a surrogate pair that was never completed, as the replacement character that it has become. */
  flush(): AttemptFact[] {
    const facts: AttemptFact[] = [];
    if (this.isCommitted && this.#text !== "") {
      facts.push({ type: "text-delta", attempt: this.#attempt, text: this.#text.toWellFormed() });
      this.#text = "";
    }
    return facts;
  }

  /** Names the model on the first fact after it became known, so that readers need not wait for the end. */
  #tellModel(fact: AttemptFact | undefined): void {
    if (fact === undefined || this.modelReported === undefined || this.#toldModel === this.modelReported) return;
    fact.modelReported = this.modelReported;
    this.#toldModel = this.modelReported;
  }

  #releaseText(facts: AttemptFact[]): void {
    if (this.#text === "") return;
    if (!this.isCommitted && !NOT_BLANK.test(this.#text)) return;
    const [whole, rest] = splitWhole(this.#text);
    this.#text = rest;
    if (whole === "") return;
    this.isCommitted = true;
    facts.push({ type: "text-delta", attempt: this.#attempt, text: whole });
  }

  #releaseReasoning(facts: AttemptFact[]): void {
    if (this.#reasoning === "") return;
    const [whole, rest] = splitWhole(this.#reasoning);
    this.#reasoning = rest;
    if (whole !== "") facts.push({ type: "reasoning-delta", attempt: this.#attempt, text: whole });
  }
}

/** Splits half a surrogate pair off the end; lone surrogates elsewhere, which no encoding can carry, become U+FFFD. */
function splitWhole(text: string): [whole: string, rest: string] {
  const last = text.charCodeAt(text.length - 1);
  const isHalf = last >= 0xd800 && last <= 0xdbff;
  const whole = isHalf ? text.slice(0, -1) : text;
  return [whole.isWellFormed() ? whole : whole.toWellFormed(), isHalf ? text.slice(-1) : ""];
}
