import type { SentProject } from "#lib/api/console_api.ts";

/** A part of a text that was found, or that lies between. */
export interface Piece {
  text: string;
  isMatch: boolean;
}

/** A section of what was sent, with the places where a query was found. */
export interface FoundSection {
  kind: SentProject["sections"][number]["kind"];
  path: string | undefined;
  /** Together they are the section's text, to the letter. */
  pieces: readonly Piece[];
  /** In UTF-16 code units. */
  length: number;
  matches: number;
}

/** The sections in which a query stands, without regard to case; all of them for an empty query. */
export function findInSections({ text, sections }: SentProject, query: string): FoundSection[] {
  const wanted = query.trim();
  const found = sections.map(({ kind, path, start, end }): FoundSection => {
    const pieces = piecesOf(text.slice(start, end), wanted);
    const matches = pieces.filter(({ isMatch }) => isMatch).length;
    return { kind, path, pieces, length: end - start, matches };
  });
  return wanted === "" ? found : found.filter(({ matches }) => matches > 0);
}

function piecesOf(text: string, wanted: string): Piece[] {
  if (wanted === "") return [{ text, isMatch: false }];
  const pattern = new RegExp(wanted.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&"), "giu");
  const pieces: Piece[] = [];
  let from = 0;
  for (const { 0: match, index } of text.matchAll(pattern)) {
    if (index > from) pieces.push({ text: text.slice(from, index), isMatch: false });
    pieces.push({ text: match, isMatch: true });
    from = index + match.length;
  }
  if (from < text.length) pieces.push({ text: text.slice(from), isMatch: false });
  return pieces;
}
