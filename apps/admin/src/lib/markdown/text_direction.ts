import type { Token, Tokens } from "marked";

/** How a text reads; `auto` where each of its lines is for itself to say. */
export type TextDirection = "ltr" | "rtl" | "auto";

/** More words say nothing new, and what was decided must stay while a long text grows. */
const WORDS_READ = 200;
/** Arabic borrows many words from English and English few from Arabic: so much has to speak against Arabic. */
const BORROWED_TO_OWN = 3;

const WORD =
  /(?<rtl>[\p{sc=Arab}\p{sc=Hebr}\p{sc=Syrc}\p{sc=Thaa}\p{sc=Nkoo}][\p{L}\p{M}]*)|\p{L}[\p{L}\p{M}\p{N}_'’.-]*/gu;
/** What says nothing of the text around it: code and formulas read from left to right in any language. */
const NO_PROSE: ReadonlySet<string> = new Set(["code", "codespan", "math", "html", "def", "checkbox", "footnote-mark"]);

class WordCount {
  first: "ltr" | "rtl" | undefined;
  ltr = 0;
  rtl = 0;

  get isFull(): boolean {
    return this.ltr + this.rtl >= WORDS_READ;
  }

  add(text: string): void {
    for (const { groups } of text.matchAll(WORD)) {
      if (this.isFull) return;
      const direction = groups?.rtl === undefined ? "ltr" : "rtl";
      this.first ??= direction;
      this[direction]++;
    }
  }

  /** The direction of the words, where `prior` is what is assumed until enough speaks against it. */
  directionFrom(prior: TextDirection | undefined): TextDirection | undefined {
    if (this.first === undefined) return undefined;
    const isAssumedRtl = (prior === "ltr" || prior === "rtl" ? prior : this.first) === "rtl";
    if (isAssumedRtl) return this.rtl === 0 || this.ltr > this.rtl * BORROWED_TO_OWN ? "ltr" : "rtl";
    return this.rtl > this.ltr ? "rtl" : "ltr";
  }
}

/** The runs of prose in the tokens, in order; a line break is one of its own. */
function* proseOf(tokens: Iterable<Token>): Generator<string> {
  for (const token of tokens) {
    if (token.type === "br") yield "\n";
    else if (!NO_PROSE.has(token.type)) {
      const parts = partsOf(token);
      if (parts !== undefined) yield* proseOf(parts);
      else if ("text" in token) yield token.text;
    }
  }
}

function partsOf(token: Token): Iterable<Token> | undefined {
  if (token.type === "list") return (token as Tokens.List).items;
  if (token.type === "table") return cellsOf(token as Tokens.Table);
  return "tokens" in token && token.tokens?.length ? token.tokens : undefined;
}

// One after the other, as the first of a thousand rows say enough.
function* cellsOf({ header, rows }: Tokens.Table): Generator<Token> {
  for (const row of [header, ...rows]) for (const cell of row) yield* cell.tokens;
}

/**
 * The direction of one paragraph, heading, item or cell: that of most of its words, not that of its first letter, as an Arabic
 * sentence may well begin with the English name of what it is about.
 *
 * @param around The direction of the list, table or quote that it stands in.
 */
export function directionOfText(tokens: readonly Token[], around?: TextDirection): TextDirection {
  const lines = [new WordCount()];
  let line = lines[0];
  for (const text of proseOf(tokens)) {
    if (text === "\n") {
      line = new WordCount();
      lines.push(line);
    } else line?.add(text);
    if (line?.isFull) break;
  }
  const directions = new Set(lines.map((one) => one.directionFrom(around)).filter((one) => one !== undefined));
  return directions.size === 1 ? ([...directions][0] ?? "auto") : "auto";
}

/** The direction of a list, table or quote: on which side its marks, columns or line stand. */
export function directionOfBlock(token: Token, around?: TextDirection): TextDirection {
  const count = new WordCount();
  for (const text of proseOf(partsOf(token) ?? [])) {
    count.add(text);
    if (count.isFull) break;
  }
  return count.directionFrom(around) ?? around ?? "auto";
}
