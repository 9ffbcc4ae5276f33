import { Lexer, type Token, Tokenizer, type Tokens } from "marked";

/** A top-level block of a text. Its identity changes exactly when what it shows changes. */
export interface MarkdownBlock {
  /** Position among the blocks: the same block keeps it while the text grows. */
  readonly id: number;
  readonly token: Token;
  /** Whether more text can no longer change it. */
  readonly isFinished: boolean;
}

type Links = Record<string, { href: string | null; title: string | null }>;

/** `[label]: address "title"` on one line; spread over lines it would depend on lines that have not come yet. */
const DEFINITION =
  /^ {0,3}\[(?!\s*\])((?:\\.|[^[\]\\\n])+)\]:[ \t]*(<[^<>\n]*>|[^<\s]\S*)(?:[ \t]+("[^"\n]*"|'[^'\n]*'|\([^()\n]*\)))?[ \t]*(?:\n+|$)/;

class LineTokenizer extends Tokenizer {
  override def(source: string): Tokens.Def | undefined {
    const match = DEFINITION.exec(source);
    if (match === null) return undefined;
    const [raw, label = "", address = "", title] = match;
    return {
      type: "def",
      tag: label.toLowerCase().replace(/\s+/g, " ").trim(),
      raw,
      href: address.replace(/^<(.*)>$/, "$1"),
      title: title?.slice(1, -1) ?? "",
    };
  }
}

/**
 * Cuts a growing Markdown text into blocks.
 *
 * A block is finished once a whole line after it belongs to another block; finished blocks are never read again, but for those
 * which use a link that is only defined further on. However the text arrives, the blocks are those of the whole text.
 */
export class MarkdownStream {
  /** Text that was taken, as it came. */
  #text = "";
  /** What follows the finished blocks, with line ends as `\n`. */
  #tail = "";
  /** Length of the part of the tail in which finished blocks were already looked for. */
  #searched = 0;
  #finished: MarkdownBlock[] = [];
  #open: MarkdownBlock[] = [];
  #links: Links = {};

  /** The text so far. */
  get text(): string {
    return this.#text;
  }

  get blocks(): readonly MarkdownBlock[] {
    return [...this.#finished, ...this.#open];
  }

  /** Takes the text so far; what does not go on from the text before begins anew. */
  update(text: string): readonly MarkdownBlock[] {
    if (text === this.#text) return this.blocks;
    if (!text.startsWith(this.#text)) this.#reset();
    const fresh = text.slice(this.#text.length);
    // A carriage return at the end may be the first half of a line's end: the second half then adds nothing.
    const isHalf = this.#text.endsWith("\r") && fresh.startsWith("\n");
    this.#text = text;
    this.#tail += (isHalf ? fresh.slice(1) : fresh).replace(/\r\n?/g, "\n");
    this.#finish();
    this.#open = this.#toBlocks(this.#lex(this.#tail), false, this.#open);
    return this.blocks;
  }

  #reset(): void {
    this.#text = "";
    this.#tail = "";
    this.#searched = 0;
    this.#finished = [];
    this.#open = [];
    this.#links = {};
  }

  /** Moves what whole lines have closed from the tail to the finished blocks. */
  #finish(): void {
    const whole = this.#tail.slice(0, this.#tail.lastIndexOf("\n") + 1);
    if (whole.length <= this.#searched) return;
    this.#searched = whole.length;
    const tokens = this.#lex(whole);
    const last = tokens.findLastIndex((token) => token.type !== "space");
    const closed = tokens.slice(0, Math.max(0, last));
    if (closed.length === 0) return;
    const raw = closed.map((token) => token.raw).join("");
    // The lexer's account of the source is what the cut depends on: where it doesn't add up, wait.
    if (!whole.startsWith(raw)) return;
    this.#tail = this.#tail.slice(raw.length);
    this.#searched -= raw.length;
    this.#finished.push(...this.#toBlocks(closed, true, this.#open));
    this.#define(closed);
  }

  #lex(source: string): Token[] {
    const lexer = new Lexer({ gfm: true, breaks: true, tokenizer: new LineTokenizer() });
    Object.assign(lexer.tokens.links, this.#links);
    return lexer.lex(source);
  }

  #toBlocks(tokens: readonly Token[], isFinished: boolean, before: readonly MarkdownBlock[]): MarkdownBlock[] {
    const first = this.#finished.length;
    return tokens
      .filter((token) => token.type !== "space" && token.type !== "def")
      .map((token, index) => {
        const id = first + index;
        const old = before.find((block) => block.id === id);
        if (old?.token.raw !== token.raw || old.token.type !== token.type) return { id, token, isFinished };
        // The same token as the same object: what is shown of it is not looked at again.
        return old.isFinished === isFinished ? old : { ...old, isFinished };
      });
  }

  /** Learns the links that finished lines define, and reads again only the finished blocks that wait for one of them. */
  #define(tokens: readonly Token[]): void {
    const fresh = tokens.filter((token): token is Tokens.Def => token.type === "def" && !(token.tag in this.#links));
    if (fresh.length === 0) return;
    for (const { tag, href, title } of fresh) this.#links[tag] ??= { href, title };
    this.#finished = this.#finished.map((block) => {
      const raw = block.token.raw.toLowerCase().replace(/\s+/g, " ");
      if (!fresh.some(({ tag }) => raw.includes(`[${tag}]`))) return block;
      const token = this.#lex(block.token.raw).find((one) => one.type === block.token.type);
      return token === undefined ? block : { ...block, token };
    });
  }
}
