import { TokenRuns } from "../events/mod.ts";
import type { ProviderPart } from "./provider.ts";

/** Runs without a space, as in Chinese, are cut after so many UTF-16 code units. */
const MAX_PIECE = 24;

/**
 * Cuts a text at word boundaries; the pieces concatenate to the exact text, and none splits a grapheme.
 */
export function* splitIntoPieces(text: string): Generator<string, void, undefined> {
  const words = new Intl.Segmenter(undefined, { granularity: "word" });
  const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" }).segment(text);
  let from = 0;
  let isSpaced = false;
  for (const { segment, index } of words.segment(text)) {
    const isSpace = segment.trim() === "";
    // A piece is a word with the space after it.
    const isBoundary = index > from && ((isSpaced && !isSpace) || index - from >= MAX_PIECE);
    if (isBoundary && graphemes.containing(index)?.index === index) {
      yield text.slice(from, index);
      from = index;
    }
    isSpaced = isSpace;
  }
  if (from < text.length) yield text.slice(from);
}

/** Streams what came in one piece: every piece of the text a batch of its own, with its tokens; everything else as it stands. */
export function* simulateStream(parts: readonly ProviderPart[]): Generator<readonly ProviderPart[], void, undefined> {
  for (const part of parts) {
    if (part.type !== "text") yield [part];
    else yield* simulateText(part);
  }
}

function* simulateText({
  text: whole,
  logprobs,
  ...more
}: Extract<ProviderPart, { type: "text" }>): Generator<ProviderPart[]> {
  const tokens = new TokenRuns();
  tokens.push(whole.length, logprobs);
  for (const text of splitIntoPieces(whole)) {
    const own = tokens.take(text.length);
    yield [{ ...more, text, ...(own.length > 0 && { logprobs: own }) }];
  }
}
