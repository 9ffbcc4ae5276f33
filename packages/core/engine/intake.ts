import type { Cost, FinishReason, ReasoningDetails, SeamInfo, ToolCallInfo, Usage } from "../events/mod.ts";
import { TokenRuns } from "../events/mod.ts";
import { UpstreamError } from "../failures/mod.ts";
import type { ProviderPart } from "../providers/mod.ts";
import type { AttemptFact } from "./answer_writer.ts";
import type { AttemptShape } from "./continuer.ts";

const NOT_BLANK = /\S/;

export interface IntakeOptions {
  attempt: number;
  /** How the attempt goes on from what readers have; an attempt that begins the answer has none of it. */
  shape?: Pick<AttemptShape, "strategy" | "aligner" | "mustVerify"> | undefined;
  /** Calls that readers have: a continuation that repeats one adds nothing. */
  deliveredCalls?: readonly ToolCallInfo[] | undefined;
}

/**
 * Turns what a provider yields into the facts that readers get, and keeps what the upstream reports of itself.
 *
 * - **Commit late, but at once**: blanks at the beginning wait for the first character that can be seen, so that an attempt which
 *   sends nothing but blanks leaves no trace; then they are released with it, unharmed.
 * - What a continuation repeats is swallowed at the seam, and its tokens with it.
 * - Pieces of one read become one delta.
 * - A high surrogate at the end of a piece waits for its other half.
 */
export class Intake {
  usage: Usage | undefined;
  cost: Cost | undefined;
  modelReported: string | undefined;
  finishReason: FinishReason | undefined;
  /** What the provider wants back of its reasoning; it counts only if the attempt ends well. */
  reasoningDetails: ReasoningDetails["details"] = [];
  /** Whether the model has said something, be it released or not. */
  hasContent = false;
  /** Whether text or a tool call was released: the attempt is committed. */
  isCommitted = false;
  /** Whether the model called what it had called before, and nothing else. */
  hasOnlyRepeatedCalls = false;
  readonly #attempt: number;
  readonly #shape: IntakeOptions["shape"];
  readonly #delivered: ReadonlySet<string>;
  #toldModel: string | undefined;
  #text = "";
  /** The tokens of what is held in `#text`, and before it of what the seam holds. */
  readonly #tokens = new TokenRuns();
  /** Whether the model declines in what is held. */
  #isRefusal = false;
  #reasoning = "";

  constructor({ attempt, shape, deliveredCalls = [] }: IntakeOptions) {
    this.#attempt = attempt;
    this.#shape = shape;
    this.#delivered = new Set(deliveredCalls.map(keyOfCall));
  }

  /** Whether the attempt goes on from what readers have. */
  get isContinuation(): boolean {
    return this.#shape?.strategy !== undefined;
  }

  /** How a continuation was joined; `undefined` if it was not (yet), or if this is none. */
  get seam(): SeamInfo | undefined {
    const { strategy, aligner } = this.#shape ?? {};
    return strategy !== undefined && aligner?.seam !== undefined ? { strategy, ...aligner.seam } : undefined;
  }

  /**
   * Takes one batch and returns what is to be released for it.
   *
   * @throws {UpstreamError} If the continuation says something else where only a proved seam will do.
   */
  take(parts: readonly ProviderPart[]): AttemptFact[] {
    const facts: AttemptFact[] = [];
    for (const part of parts) {
      switch (part.type) {
        case "text":
          this.#releaseReasoning(facts);
          if (this.#isRefusal !== (part.isRefusal ?? false)) this.#releaseText(facts);
          this.#isRefusal = part.isRefusal ?? false;
          this.#takeText(part.text, part.logprobs);
          break;
        case "reasoning":
          this.#releaseText(facts);
          this.#reasoning += part.text;
          break;
        case "tool-call": {
          this.#releaseReasoning(facts);
          this.#releaseText(facts);
          this.#takeCall(part, facts);
          break;
        }
        case "reasoning-details":
          this.reasoningDetails = [...part.details];
          break;
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

  /**
   * Releases, after a good end, what was still held back: the undecided beginning of a continuation, and half a surrogate pair
   * that was never completed, as the replacement character that it has become.
   *
   * After a cut it must not be called: the other half may come with the continuation.
   */
  finish(): AttemptFact[] {
    const { aligner } = this.#shape ?? {};
    const late = aligner?.end() ?? "";
    this.#text += late;
    this.#dropSwallowed(late);
    this.#checkSeam();
    const facts: AttemptFact[] = [];
    const rest = this.#text.toWellFormed();
    this.#text = "";
    if (rest === "" || (!this.#holdsNoBlanks && !NOT_BLANK.test(rest))) return facts;
    this.isCommitted = true;
    facts.push(this.#delta(rest));
    return facts;
  }

  /** A continuation's blanks join text that is there; only an attempt that begins the answer holds them. */
  get #holdsNoBlanks(): boolean {
    return this.isCommitted || this.#shape?.aligner !== undefined;
  }

  #takeText(text: string, logprobs: readonly unknown[] | undefined): void {
    this.hasContent = true;
    const { aligner } = this.#shape ?? {};
    this.#tokens.push(text.length, logprobs);
    const fresh = aligner === undefined ? text : aligner.push(text);
    this.#text += fresh;
    this.#dropSwallowed(fresh);
    this.#checkSeam();
  }

  /** The tokens of what the seam swallowed go with it: what is left of them is `#text`'s, which ends with `fresh`. */
  #dropSwallowed(fresh: string): void {
    const { seam } = this;
    if (seam === undefined) return;
    const surplus = this.#tokens.length - this.#text.length;
    if (surplus < 0) this.#tokens.unshift(-surplus);
    else if (surplus > 0 && seam.isVerified) this.#tokens.drop(surplus);
    else if (surplus > 0) {
      // A join that is not proved may have a blank of our own, which is no token's.
      const blanks = fresh.length - fresh.trimStart().length;
      this.#tokens.drop(surplus + blanks);
      this.#tokens.unshift(blanks);
    }
  }

  /** A delta of the text that goes out next, with its tokens. */
  #delta(text: string): AttemptFact {
    const logprobs = this.#tokens.take(text.length);
    const refusal = this.#isRefusal ? { isRefusal: true as const } : {};
    return { type: "text-delta", attempt: this.#attempt, text, ...(logprobs.length > 0 && { logprobs }), ...refusal };
  }

  #checkSeam(): void {
    if (this.#shape?.mustVerify && this.seam?.isVerified === false) {
      this.#text = "";
      throw new UpstreamError({ code: "cut", action: "fallback", detail: "The continuation does not fit" });
    }
  }

  #takeCall(call: Extract<ProviderPart, { type: "tool-call" }>, facts: AttemptFact[]): void {
    this.hasContent = true;
    if (this.#delivered.has(keyOfCall(call))) {
      this.hasOnlyRepeatedCalls = !this.isCommitted;
      return;
    }
    this.isCommitted = true;
    const { index, id, name, arguments: args, extra } = call;
    const fact: AttemptFact = { type: "tool-call", attempt: this.#attempt, index, id, name, arguments: args };
    facts.push(extra === undefined ? fact : { ...fact, extra });
  }

  /** Names the model on the first fact after it became known, so that readers need not wait for the end. */
  #tellModel(fact: AttemptFact | undefined): void {
    if (fact === undefined || this.modelReported === undefined || this.#toldModel === this.modelReported) return;
    fact.modelReported = this.modelReported;
    this.#toldModel = this.modelReported;
  }

  #releaseText(facts: AttemptFact[]): void {
    if (this.#text === "") return;
    if (!this.#holdsNoBlanks && !NOT_BLANK.test(this.#text)) return;
    const [whole, rest] = splitWhole(this.#text);
    this.#text = rest;
    if (whole === "") return;
    this.isCommitted = true;
    facts.push(this.#delta(whole));
  }

  #releaseReasoning(facts: AttemptFact[]): void {
    if (this.#reasoning === "") return;
    const [whole, rest] = splitWhole(this.#reasoning);
    this.#reasoning = rest;
    if (whole !== "") facts.push({ type: "reasoning-delta", attempt: this.#attempt, text: whole });
  }
}

/** Two calls with the same name and arguments are the same call, whatever ids two attempts gave them. */
function keyOfCall({ name, arguments: args }: Pick<ToolCallInfo, "name" | "arguments">): string {
  return `${name}\n${args.replace(/\s+/g, "")}`;
}

/** Splits half a surrogate pair off the end; lone surrogates elsewhere, which no encoding can carry, become U+FFFD. */
function splitWhole(text: string): [whole: string, rest: string] {
  const last = text.charCodeAt(text.length - 1);
  const isHalf = last >= 0xd800 && last <= 0xdbff;
  const whole = isHalf ? text.slice(0, -1) : text;
  return [whole.isWellFormed() ? whole : whole.toWellFormed(), isHalf ? text.slice(-1) : ""];
}
