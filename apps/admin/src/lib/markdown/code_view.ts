import { CODE_CLASSES, type LineRuns } from "./code_runs.ts";

/** Lines of one part; parts that are out of sight cost no layout. */
const LINES_PER_PART = 64;
/** A longer run of characters is laid out in pieces, each on a line of its own. */
const LONGEST_PIECE = 8000;

const CONTROL = /[\u202a-\u202e\u2066-\u2069]/;
const CONTROLS = /([\u202a-\u202e\u2066-\u2069])/;

/**
 * The lines of a block of code in the page.
 *
 * Built by hand, since code can have ten thousands of coloured runs: only lines that have changed are touched.
 */
export class CodeView {
  readonly #root: HTMLElement;
  #text = "";
  #lines: string[] = [];
  #runs: LineRuns[] = [];

  constructor(root: HTMLElement) {
    this.#root = root;
  }

  /** Shows a text, which mostly goes on from the one before. */
  show(text: string): void {
    if (text === this.#text && this.#lines.length > 0) return;
    const isGrowth = text.startsWith(this.#text) && this.#lines.length > 0;
    const from = isGrowth ? this.#lines.length - 1 : 0;
    // All but the last line stay as they are: only what follows them is cut into lines.
    const kept = isGrowth ? this.#text.lastIndexOf("\n") + 1 : 0;
    this.#text = text;
    this.#lines.length = from;
    if (!isGrowth) this.#runs = [];
    for (const line of text.slice(kept).split("\n")) this.#lines.push(line);
    while (this.#root.children.length * LINES_PER_PART > roundUp(this.#lines.length))
      this.#root.lastElementChild?.remove();
    this.#write(from, this.#lines.length);
  }

  /** Colours lines, the first of which has this number. */
  paint(first: number, runs: readonly LineRuns[]): void {
    for (const [index, one] of runs.entries()) {
      if (first + index < this.#lines.length) this.#runs[first + index] = one;
    }
    this.#write(first, Math.min(this.#lines.length, first + runs.length));
  }

  #write(from: number, to: number): void {
    for (let number = from; number < to; number++) {
      const part = this.#part(Math.floor(number / LINES_PER_PART));
      const line = this.#line(number);
      const old = part.children[number % LINES_PER_PART];
      if (old === undefined) part.append(line);
      else old.replaceWith(line);
    }
    const last = this.#root.lastElementChild;
    while (last !== null && last.children.length > ((this.#lines.length - 1) % LINES_PER_PART) + 1) {
      last.lastElementChild?.remove();
    }
  }

  #part(index: number): Element {
    const part = this.#root.children[index];
    if (part !== undefined) return part;
    // The part before is whole now: its height is known without its layout.
    this.#root.lastElementChild?.classList.add("whole");
    return this.#root.appendChild(elementOf("part"));
  }

  #line(number: number): HTMLElement {
    const line = elementOf("line");
    const text = this.#lines[number] ?? "";
    const runs = this.#runs[number] ?? [];
    let at = 0;
    for (let index = 0; index + 1 < runs.length; index += 2) {
      const end = at + (runs[index] ?? 0);
      addText(line, text.slice(at, end), CODE_CLASSES[runs[index + 1] ?? 0] ?? "");
      at = end;
    }
    addText(line, text.slice(at), "");
    if (number < this.#lines.length - 1) line.append("\n");
    return line;
  }
}

const roundUp = (count: number) => Math.ceil(count / LINES_PER_PART) * LINES_PER_PART;

function elementOf(name: string): HTMLElement {
  const element = document.createElement("span");
  if (name !== "") element.className = name;
  return element;
}

function addText(line: HTMLElement, text: string, name: string): void {
  if (text === "") return;
  if (text.length > LONGEST_PIECE) {
    for (let at = 0; at < text.length; at += LONGEST_PIECE) {
      const piece = line.appendChild(elementOf("piece"));
      addText(piece, text.slice(at, at + LONGEST_PIECE), name);
    }
    return;
  }
  const parent = name === "" ? line : line.appendChild(elementOf(`token-${name}`));
  if (!CONTROL.test(text)) {
    parent.append(text);
    return;
  }
  // What would turn the order of the letters around stands alone and in sight: code reads as it runs.
  for (const part of text.split(CONTROLS)) {
    if (!CONTROL.test(part)) parent.append(part);
    else {
      const mark = parent.appendChild(elementOf("control"));
      mark.dataset.code = `U+${part.charCodeAt(0).toString(16).toUpperCase()}`;
      mark.append(part);
    }
  }
}
