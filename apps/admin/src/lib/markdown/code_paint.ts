import { codeLanguageOf } from "./code_languages.ts";
import type { CodeView } from "./code_view.ts";
import type { RenderService } from "./render_service.ts";

/** More is shown without colours, in characters. */
const MOST_COLOURED = 300_000;
/** So many lines are asked for at once, so that the first ones come soon. */
const LINES_AT_ONCE = 200;

let count = 0;

/** Keeps the colours of a growing block of code up with its finished lines. */
export class CodePaint {
  readonly #view: CodeView;
  readonly #service: Pick<RenderService, "highlight">;
  readonly #block = `code-${++count}`;
  #text = "";
  #language = "";
  #isComplete = false;
  /** Of the text, what was handed over for colours: characters and lines. */
  #sent = 0;
  #sentLines = 0;
  #version = 0;
  #isAsking = false;

  constructor(view: CodeView, service: Pick<RenderService, "highlight">) {
    this.#view = view;
    this.#service = service;
  }

  /** Takes the text so far; its last line gets colours only when the text is complete. */
  update(text: string, language: string, isComplete: boolean): void {
    if (language !== this.#language || !text.startsWith(this.#text.slice(0, this.#sent))) {
      this.#version++;
      this.#sent = 0;
      this.#sentLines = 0;
    }
    this.#text = text;
    this.#language = language;
    this.#isComplete = isComplete;
    void this.#advance();
  }

  /** Asks for the colours of what is finished, one part at a time. */
  async #advance(): Promise<void> {
    const language = codeLanguageOf(this.#language);
    if (this.#isAsking || language === undefined || this.#text.length > MOST_COLOURED) return;
    this.#isAsking = true;
    try {
      for (let part = this.#next(); part !== undefined; part = this.#next()) {
        const { version, first } = { version: this.#version, first: this.#sentLines };
        const isFirst = this.#sent === 0;
        this.#sent = part.end;
        this.#sentLines += part.lines;
        const runs = await this.#service.highlight(this.#block, language, part.text, isFirst);
        if (runs === undefined) return;
        if (version === this.#version) this.#view.paint(first, runs);
      }
    } finally {
      this.#isAsking = false;
    }
  }

  #next(): { text: string; end: number; lines: number } | undefined {
    const end = this.#isComplete ? this.#text.length : this.#text.lastIndexOf("\n") + 1;
    if (end <= this.#sent) return undefined;
    let cut = this.#sent;
    let lines = 0;
    while (cut < end && lines < LINES_AT_ONCE) {
      const newline = this.#text.indexOf("\n", cut);
      cut = newline < 0 ? this.#text.length : newline + 1;
      lines++;
    }
    // The end of the last line would count as one more, empty line.
    return { text: this.#text.slice(this.#sent, cut).replace(/\n$/, ""), end: cut, lines };
  }
}
