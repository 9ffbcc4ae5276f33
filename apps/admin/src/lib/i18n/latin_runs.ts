/** A piece of an Arabic sentence: prose, or what is read from left to right within it. */
export interface TextRun {
  text: string;
  isLatin: boolean;
}

/**
 * Words of ASCII, with the signs that paths, addresses and commands are made of, one space apart. A mark of direction within them (for
 * terminals, which know no isolates) and the dots of what is left out belong to them.
 */
const LATIN = /[\w/~.$<@{-][!-~\u200e…]*(?: [!-~\u200e…]+)*/g;

const PAIRS: Record<string, string> = { ")": "(", "]": "[", "}": "{", ">": "<" };

/**
 * Cuts an Arabic sentence at its paths, addresses, commands and names: without an isolate of its own, a path's first slash, a
 * version's brackets and a command's dashes go to the wrong side of it (Unicode Standard Annex 9, section 6.3). A number alone stays
 * prose. The pieces put together are the sentence.
 */
export function latinRuns(sentence: string): TextRun[] {
  const runs: TextRun[] = [];
  const add = (text: string, isLatin: boolean) => text !== "" && runs.push({ text, isLatin });
  let at = 0;
  for (const { 0: found, index } of sentence.matchAll(LATIN)) {
    const text = withoutPunctuation(found);
    if (!/[a-z]/i.test(text)) continue;
    add(sentence.slice(at, index), false);
    add(text, true);
    at = index + text.length;
  }
  add(sentence.slice(at), false);
  return runs;
}

/** The signs at the end belong to the sentence around it, but for a bracket that closes one of its own. */
function withoutPunctuation(found: string): string {
  let text = found;
  for (;;) {
    const last = text.at(-1);
    if (last === undefined || !/[\s\u200e.,:;!?"'()[\]{}<>]/.test(last)) return text;
    const opening = PAIRS[last];
    if (opening !== undefined && count(text, opening) >= count(text, last)) return text;
    text = text.slice(0, -1);
  }
}

const count = (text: string, sign: string) => text.split(sign).length - 1;
