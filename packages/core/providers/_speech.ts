import { ThinkTagSplitter } from "./openai_chat/think_tags.ts";
import type { ProviderPart } from "./provider.ts";
import { WholeCharacters } from "./whole_characters.ts";

/** What comes with a piece of text. */
export interface SayOptions {
  /** The tokens of the piece. */
  logprobs?: readonly unknown[];
  /** The piece is all that the model says, so that an opening tag without its end is text. */
  isWhole?: boolean;
}

/** Text and reasoning on their way into parts: reasoning is taken out of the text, halves of characters are joined. */
export class Speech {
  readonly #thinkTags = new ThinkTagSplitter();
  readonly #text = new WholeCharacters();
  readonly #reasoning = new WholeCharacters();
  /** Tokens whose text is still held back. */
  #logprobs: unknown[] = [];
  #hasText = false;

  /** Whether any text came. */
  get hasText(): boolean {
    return this.#hasText;
  }

  sayText(text: string, parts: ProviderPart[], { logprobs = [], isWhole = false }: SayOptions = {}): void {
    if (text === "") return;
    this.#hasText = true;
    this.#logprobs.push(...logprobs);
    for (const run of isWhole ? this.#thinkTags.pushWhole(text) : this.#thinkTags.push(text)) this.#say(run, parts);
  }

  sayReasoning(text: string, parts: ProviderPart[]): void {
    this.#say({ kind: "reasoning", text }, parts);
  }

  /** Lets go of what was held back, except for half a character, which a continuation may complete. */
  cut(parts: ProviderPart[]): void {
    for (const run of this.#thinkTags.end()) this.#say(run, parts);
  }

  /** Lets go of all that was held back. */
  end(parts: ProviderPart[]): void {
    this.cut(parts);
    this.#push({ kind: "reasoning", text: this.#reasoning.end() }, parts);
    this.#push({ kind: "text", text: this.#text.end() }, parts);
  }

  #say({ kind, text }: { kind: "text" | "reasoning"; text: string }, parts: ProviderPart[]): void {
    this.#push({ kind, text: (kind === "text" ? this.#text : this.#reasoning).push(text) }, parts);
  }

  #push({ kind, text }: { kind: "text" | "reasoning"; text: string }, parts: ProviderPart[]): void {
    if (text === "") return;
    if (kind === "reasoning" || this.#logprobs.length === 0) parts.push({ type: kind, text });
    else {
      parts.push({ type: "text", text, logprobs: this.#logprobs });
      this.#logprobs = [];
    }
  }
}
