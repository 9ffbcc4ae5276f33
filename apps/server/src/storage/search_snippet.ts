import { searchForms, searchWords } from "./search_words.ts";

/** A piece of a text with what was found in it. */
export interface Snippet {
  /** One line; an ellipsis stands where the text goes on. */
  text: string;
  /** Start (inclusive) and end (exclusive) of each word that was found, in UTF-16 code units of `text`, in order. */
  ranges: [from: number, to: number][];
}

/** Length of a snippet and of what stands before its first find, in UTF-16 code units. */
const LENGTH = 150;
const LEAD = 40;

/** How many finds are weighed against each other. */
const MAX_HITS = 300;

interface Hit {
  from: number;
  to: number;
  needle: number;
}

/** The part of a text in which most of the needles stand together; the text's beginning where there is none. */
export function snippetOf(text: string, needles: readonly string[]): Snippet {
  const hits = hitsOf(text, needles);
  const first = densest(hits);
  const start = first === undefined || first.from <= LEAD ? 0 : wordStart(text, first.from - LEAD, first.from);
  const end = wordEnd(text, Math.min(text.length, start + LENGTH));
  return oneLine(
    text,
    start,
    end,
    hits.filter(({ from, to }) => from >= start && to <= end),
  );
}

function hitsOf(text: string, needles: readonly string[]): Hit[] {
  const hits: Hit[] = [];
  for (const { text: word, from, to } of searchWords(text)) {
    const forms = searchForms(word);
    const needle = needles.findIndex((one) => forms.some((form) => form.startsWith(one)));
    if (needle >= 0 && hits.push({ from, to, needle }) === MAX_HITS) break;
  }
  return hits;
}

/** The find after which, within a snippet's length, most different needles stand. */
function densest(hits: readonly Hit[]): Hit | undefined {
  let best: Hit | undefined;
  let most = 0;
  for (const [index, hit] of hits.entries()) {
    const near = new Set<number>();
    for (let other = index; other < hits.length; other++) {
      const { to, needle } = hits[other] as Hit;
      if (to - hit.from > LENGTH - LEAD) break;
      near.add(needle);
    }
    if (near.size > most) {
      best = hit;
      most = near.size;
    }
  }
  return best;
}

function wordStart(text: string, at: number, before: number): number {
  const space = text.slice(at, before).search(/\s/);
  return space < 0 ? before : at + space + 1;
}

function wordEnd(text: string, at: number): number {
  if (at >= text.length) return text.length;
  const space = text.slice(at, at + LEAD).search(/\s/);
  if (space >= 0) return at + space;
  // Never between the halves of a surrogate pair.
  return /[\uDC00-\uDFFF]/.test(text[at] ?? "") ? at + 1 : at;
}

function oneLine(text: string, start: number, end: number, hits: readonly Hit[]): Snippet {
  const ranges: Snippet["ranges"] = [];
  let line = start > 0 ? "…" : "";
  let at = start;
  const append = (to: number) => {
    const piece = text.slice(at, to).replace(/\s+/g, " ");
    line += line === "" || line === "…" || line.endsWith(" ") ? piece.trimStart() : piece;
    at = to;
  };
  for (const { from, to } of hits) {
    append(from);
    const begin = line.length;
    append(to);
    ranges.push([begin, line.length]);
  }
  append(end);
  line = line.trimEnd();
  return { text: end < text.length ? `${line}…` : line, ranges };
}
