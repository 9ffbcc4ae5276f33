import { createCssVariablesTheme, createHighlighterCore, type GrammarState, type HighlighterCore } from "shiki/core";
import { createJavaScriptRegexEngine } from "shiki/engine/javascript";
import { loadGrammar } from "./code_grammars.ts";
import type { CodeLanguage } from "./code_languages.ts";
import { CODE_CLASSES, type LineRuns } from "./code_runs.ts";

/** Longer lines stay uncoloured: no person reads them, and grammars are slow on them. In characters. */
const LONGEST_LINE = 1000;
/** How many blocks of code can go on growing at the same time; older ones stay as they are. */
const MOST_STATES = 50;

const theme = createCssVariablesTheme({ name: "classes", variablePrefix: "--", fontStyle: false });

/** Colours code line by line, each block going on from where its last line ended. */
export class CodeHighlighter {
  readonly #highlighter: Promise<HighlighterCore> = createHighlighterCore({
    themes: [theme],
    langs: [],
    // The engine of the language itself: no WebAssembly, which the page's policy would have to allow.
    engine: createJavaScriptRegexEngine({ forgiving: true }),
  });
  readonly #states = new Map<string, GrammarState>();
  readonly #loaded = new Map<CodeLanguage, Promise<void>>();

  /** The runs of each of these lines. `block` names the code that the lines belong to; with `isFirst` it begins anew. */
  async highlight(block: string, language: CodeLanguage, text: string, isFirst: boolean): Promise<LineRuns[]> {
    const highlighter = await this.#highlighter;
    await this.#load(highlighter, language);
    const before = isFirst ? undefined : this.#states.get(block);
    const tokens = highlighter.codeToTokensBase(text, {
      lang: language,
      theme: "classes",
      tokenizeMaxLineLength: LONGEST_LINE,
      // The first lines of a language take longest, as its expressions are made then: a limit would lose their colours for good.
      tokenizeTimeLimit: 0,
      ...(before ? { grammarState: before } : {}),
    });
    const state = highlighter.getLastGrammarState(tokens);
    this.#states.delete(block);
    if (state !== undefined) this.#states.set(block, state);
    const [oldest] = this.#states.keys();
    if (this.#states.size > MOST_STATES && oldest !== undefined) this.#states.delete(oldest);
    return tokens.map((line) => {
      const runs: number[] = [];
      for (const { content, color } of line) {
        const name = /^var\(--token-([\w-]+)\)$/.exec(color ?? "")?.[1] ?? "";
        const kind = Math.max(0, CODE_CLASSES.indexOf(name));
        // Neighbours of one colour are one run.
        if (runs.at(-1) === kind) runs[runs.length - 2] = (runs.at(-2) ?? 0) + content.length;
        else runs.push(content.length, kind);
      }
      return runs;
    });
  }

  #load(highlighter: HighlighterCore, language: CodeLanguage): Promise<void> {
    const loading =
      this.#loaded.get(language) ?? loadGrammar(language).then((grammars) => highlighter.loadLanguage(...grammars));
    this.#loaded.set(language, loading);
    return loading;
  }
}
