import type { Anchor, PrefillMemory, Strategy } from "../continuation/mod.ts";
import { isJsonPrefix, Ladder, quoteMessages, SeamAligner, splitAtAnchor } from "../continuation/mod.ts";
import type { AnswerState } from "../events/mod.ts";
import type { FailureCode, UpstreamFailure } from "../failures/mod.ts";
import type { ChatMessage, Dialect, ProviderRequest } from "../providers/mod.ts";
import type { Ask } from "./ask.ts";
import type { Target } from "./route.ts";

/** How one attempt asks, and how what it says is joined to what readers have. */
export interface AttemptShape {
  request: Omit<ProviderRequest, "model">;
  /** Absent for an attempt that begins the answer. */
  strategy?: Strategy;
  aligner?: SeamAligner;
  /** Whether a seam that is not proved ends the attempt: another wording in the middle of JSON would break it. */
  mustVerify: boolean;
}

/** Failures that end an answer whatever was said before: a verdict, the answer's own time, its reader's wish. */
const FINAL: ReadonlySet<FailureCode> = new Set(["content-filter", "cancelled", "deadline", "interrupted"]);

/** Goes on with an answer from what readers have: which strategy on which target, and whether at all. */
export class Continuer {
  readonly #ask: Ask;
  readonly #ladder: Ladder;
  readonly #isJson: boolean;

  constructor(ask: Ask, memory: PrefillMemory) {
    this.#ask = ask;
    this.#isJson = asksForJson(ask);
    this.#ladder = new Ladder({ memory, isQuoteUnsuitable: this.#isJson });
  }

  /** Whether an answer that readers have a part of may go on after a failure. */
  mayContinue(state: AnswerState, onCut: "continue" | "fail", failure?: UpstreamFailure): boolean {
    if (onCut === "fail" || (failure !== undefined && FINAL.has(failure.code))) return false;
    return !this.#isJson || state.text === "" || isJsonPrefix(state.text);
  }

  /** How to ask a target now; `undefined` if it has refused every way. */
  shape(target: Target, state: AnswerState): AttemptShape | undefined {
    const request = requestOf(this.#ask, target.provider.dialect);
    if (!isBegun(state)) return { request, mustVerify: false };
    const anchor = splitAtAnchor(state.text);
    const strategy = this.#strategyFor(target, state, anchor);
    if (strategy === undefined) return undefined;
    const mustVerify = this.#isJson;
    if (state.text === "") return { request, strategy, mustVerify };
    // A target is handed the end alone of a text that has run away, and may begin anew all the same.
    const whole: Anchor = { ...anchor, handed: state.text.slice(0, state.text.length - anchor.tail.length) };
    switch (strategy) {
      case "prefill": {
        const aligner = new SeamAligner(whole, { mode: "continue" });
        return { request: { ...request, prefill: anchor.handed }, strategy, aligner, mustVerify };
      }
      case "quote": {
        const aligner = new SeamAligner(whole, { mode: "continue" });
        const messages = quoteMessages(request.messages, anchor) as ChatMessage[];
        return { request: { ...request, messages }, strategy, aligner, mustVerify };
      }
      case "restart": {
        const aligner = new SeamAligner({ handed: "", tail: state.text }, { mode: "restart" });
        return { request, strategy, aligner, mustVerify };
      }
    }
  }

  /** Remembers that a way of going on led nowhere: it was refused, or answered with nothing; `false` if the failure is another. */
  noteDeadEnd(target: Target, strategy: Strategy, { status, code }: UpstreamFailure): boolean {
    // Asked for the whole anew, nothing is an empty answer like any other.
    if (code === "empty-answer" && strategy !== "restart") {
      this.#ladder.emptied(keyOf(target), strategy);
      return true;
    }
    const isRefusal = code === "invalid-request" || status === 400 || status === 422;
    if (!isRefusal || FINAL.has(code)) return false;
    this.#ladder.refused(keyOf(target), strategy);
    return true;
  }

  /** Remembers that a target went on in some way. */
  noteAccepted(target: Target, strategy: Strategy | undefined): void {
    if (strategy !== undefined) this.#ladder.accepted(keyOf(target), strategy);
  }

  #strategyFor(target: Target, state: AnswerState, { handed }: Anchor): Strategy | undefined {
    // After a tool call the text is no longer the end of what the model said: only a restart tells where it stands.
    const isShort = handed === "" || state.toolCalls.length > 0;
    const knowsPrefill = target.provider.acceptsPrefill?.(target.model) ?? false;
    return this.#ladder.next(keyOf(target), knowsPrefill, isShort);
  }
}

/** Whether readers have something of the answer that can't be taken back. */
export function isBegun(state: AnswerState): boolean {
  return state.text !== "" || state.toolCalls.length > 0;
}

function keyOf({ provider, model }: Target): string {
  return `${provider.name}/${model}`;
}

function requestOf(ask: Ask, dialect: Dialect): Omit<ProviderRequest, "model"> {
  const { messages, maxOutputTokens } = ask;
  const own = ask.dialectParameters?.[dialect];
  const parameters = own === undefined ? ask.parameters : withOwn(ask.parameters, own);
  return { messages, parameters, ...(maxOutputTokens === undefined ? {} : { maxOutputTokens }) };
}

function withOwn(parameters: Ask["parameters"], own: Ask["parameters"]): Ask["parameters"] {
  return Object.fromEntries(
    Object.entries({ ...parameters, ...own }).filter(([name, value]) => value !== null || !(name in own)),
  );
}

function asksForJson({ parameters }: Ask): boolean {
  const format = parameters.response_format;
  if (typeof format !== "object" || format === null || !("type" in format)) return false;
  return format.type === "json_object" || format.type === "json_schema";
}
