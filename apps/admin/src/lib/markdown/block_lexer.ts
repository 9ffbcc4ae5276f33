import { Lexer, type Token, Tokenizer, type Tokens } from "marked";
import { blockMathAt, inlineMathAt, type MathSource } from "./math_source.ts";

/** Mathematics as a token, among blocks or within a line. */
export type MathToken = MathSource & { readonly type: "math" };

/** The text of a footnote, where it is defined. */
export interface FootnoteToken {
  readonly type: "footnote";
  readonly raw: string;
  readonly label: string;
  /** Under which the label is known among the links. */
  readonly tag: string;
  readonly tokens: Token[];
}

/** What labels stand for: addresses, and footnotes under `^label`. */
export type Links = Record<string, Pick<Tokens.Link | Tokens.Image, "href" | "title">>;

/** Lists and quotes deeper than this are shown as the text that they are. */
const DEEPEST_BLOCK = 16;
/** Emphasis and links deeper than this are shown as the text that they are. */
const DEEPEST_INLINE = 12;
/** Text without a break longer than this is shown as it is, in characters: no person wrote markup into it. */
export const LONGEST_INLINE = 20_000;

/** `[label]: address "title"` on one line; spread over lines it would depend on lines that have not come yet. */
const DEFINITION =
  /^ {0,3}\[(?!\s*\])((?:\\.|[^[\]\\\n])+)\]:[ \t]*(<[^<>\n]*>|[^<\s]\S*)(?:[ \t]+("[^"\n]*"|'[^'\n]*'|\([^()\n]*\)))?[ \t]*(?:\n+|$)/;
const FOOTNOTE =
  /^ {0,3}\[\^([^\s[\]]{1,60})\]:[ \t]+([^\n]+(?:\n+(?: {2,}|\t)[^\n]+|\n(?! {0,3}\[|[ \t]*\n|$)[^\n]+)*)/;
const FOOTNOTE_MARK = /^\[\^([^\s[\]]{1,60})\]/;
const MATH_LINE = /\n(?= {0,3}(?:\$\$|\\\[))/g;
const DOLLAR_PAIR = /(?<![\p{L}\p{N}$\\])\$(?![\s$])[^$\n]{1,500}(?<!\s)\$(?![\p{L}\p{N}$])/gu;

/** Position behind the first character where a formula may open. */
function dollarAfter(source: string): number | undefined {
  for (let at = source.indexOf("$", 1); at >= 0; at = source.indexOf("$", at + 1)) {
    if (!/[\p{L}\p{N}$\\]/u.test(source[at - 1] ?? "") && /\S/.test(source[at + 1] ?? "")) return at;
  }
  return undefined;
}

const tagOf = (label: string) => label.toLowerCase().replace(/\s+/g, " ").trim();

class MarkdownTokenizer extends Tokenizer {
  #blockDepth = 0;
  #inlineDepth = 0;

  override fences(source: string): Tokens.Code | undefined {
    const math = blockMathAt(source);
    // The lexer keeps any token that it is handed; its own types name only those of plain Markdown.
    if (math !== undefined) return { type: "math", ...math } as unknown as Tokens.Code;
    return super.fences(source);
  }

  override def(source: string): Tokens.Def | undefined {
    const footnote = FOOTNOTE.exec(source);
    if (footnote !== null) {
      const [raw, label = "", text = ""] = footnote;
      const tokens = this.lexer.inline(text.replace(/\n\s*/g, "\n"));
      const token = { type: "footnote", raw, label, tag: tagOf(`^${label}`), href: "", title: "", tokens };
      return token as unknown as Tokens.Def;
    }
    const match = DEFINITION.exec(source);
    if (match === null) return undefined;
    const [raw, label = "", address = "", title] = match;
    const href = address.replace(/^<(.*)>$/, "$1");
    return { type: "def", tag: tagOf(label), raw, href, title: title?.slice(1, -1) ?? "" };
  }

  override lheading(source: string): Tokens.Heading | undefined {
    const token = super.lheading(source);
    if (token === undefined || mathLineIn(source, token.raw) === undefined) return token;
    // Its queued text goes too: the paragraph queues its own.
    this.lexer.inlineQueue.pop();
    return undefined;
  }

  override blockquote(source: string): Tokens.Blockquote | undefined {
    return this.#nested(() => super.blockquote(source));
  }

  override list(source: string): Tokens.List | undefined {
    return this.#nested(() => super.list(source));
  }

  override escape(source: string): Tokens.Escape | undefined {
    const math = inlineMathAt(source);
    if (math !== undefined) return { type: "math", ...math } as unknown as Tokens.Escape;
    return super.escape(source);
  }

  override inlineText(source: string): Tokens.Text | undefined {
    // Cut before it is read: reading on from every dollar sign would take the square of the time.
    const at = dollarAfter(source);
    return super.inlineText(at === undefined ? source : source.slice(0, at));
  }

  override reflink(source: string, links: Links): Tokens.Link | Tokens.Image | Tokens.Text | undefined {
    const [raw, label] = FOOTNOTE_MARK.exec(source) ?? [];
    if (raw !== undefined && label !== undefined && Object.hasOwn(links, tagOf(`^${label}`))) {
      return { type: "footnote-mark", raw, text: label } as unknown as Tokens.Text;
    }
    return this.#inline(() => super.reflink(source, links));
  }

  override link(source: string): Tokens.Link | Tokens.Image | undefined {
    return this.#inline(() => super.link(source));
  }

  override emStrong(source: string, masked: string, before?: string): Tokens.Em | Tokens.Strong | undefined {
    return this.#inline(() => super.emStrong(source, masked, before));
  }

  override del(source: string, masked: string, before?: string): Tokens.Del | undefined {
    return this.#inline(() => super.del(source, masked, before));
  }

  #nested<T>(read: () => T): T | undefined {
    if (this.#blockDepth >= DEEPEST_BLOCK) return undefined;
    this.#blockDepth++;
    try {
      return read();
    } finally {
      this.#blockDepth--;
    }
  }

  #inline<T>(read: () => T): T | undefined {
    if (this.#inlineDepth >= DEEPEST_INLINE) return undefined;
    this.#inlineDepth++;
    try {
      return read();
    } finally {
      this.#inlineDepth--;
    }
  }
}

/** Position of the end of line in `raw` after which mathematics begins a block of its own. */
function mathLineIn(source: string, raw: string): number | undefined {
  for (const { index } of raw.matchAll(MATH_LINE)) {
    if (blockMathAt(source.slice(index + 1)) !== undefined) return index;
  }
  return undefined;
}

class MarkdownLexer extends Lexer {
  override inlineTokens(source: string, tokens: Token[] = []): Token[] {
    if (source.length <= LONGEST_INLINE) return super.inlineTokens(source, tokens);
    tokens.push({ type: "text", raw: source, text: source, escaped: false });
    return tokens;
  }
}

/** Where a paragraph ends because mathematics follows it. */
function mathAfter(source: string): number | undefined {
  const end = source.indexOf("\n\n");
  const index = mathLineIn(source, end < 0 ? source : source.slice(0, end));
  return index === undefined ? undefined : index + 1;
}

/** What stands between dollar signs is no emphasis. */
const hooks = {
  emStrongMask: (source: string) => source.replace(DOLLAR_PAIR, ({ length }) => `[${"a".repeat(length - 2)}]`),
};

/** The blocks of a source whose lines end in `\n`, with the links that are known from before it. */
export function lexBlocks(source: string, links: Links): Token[] {
  const lexer = new MarkdownLexer({
    gfm: true,
    breaks: true,
    tokenizer: new MarkdownTokenizer(),
    hooks: hooks as never,
    extensions: { startBlock: [mathAfter], childTokens: {}, renderers: {} },
  });
  Object.assign(lexer.tokens.links, links);
  return lexer.lex(source);
}
