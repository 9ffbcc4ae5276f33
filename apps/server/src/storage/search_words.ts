/** A word as it is searched, with the range of the text that it stands for, in UTF-16 code units. */
export interface SearchWord {
  text: string;
  from: number;
  to: number;
}

/** Nobody types more of a word; what is longer is no word. */
const MAX_WORD_LENGTH = 64;

/** Arabic letters that are written for each other, as far as Unicode's decomposition does not already say so. */
const SAME_LETTER: Readonly<Record<string, string>> = {
  ٱ: "ا",
  ى: "ي",
  ی: "ي",
  ة: "ه",
  ە: "ه",
  ک: "ك",
  // A hamza of its own is left out by half of those who write it.
  ء: "",
  // The letter stretcher.
  ـ: "",
};

const WORD_CHARACTER = /[\p{L}\p{N}]/u;
/** Written without spaces between the words: each character is a word. */
const OWN_WORD = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u;
/** Belongs to the letter before it and adds nothing: vowel marks, joiners, directions. */
const ATTACHED = /[\p{M}\p{Cf}ـ]/u;

type Kind = "word" | "own-word" | "attached" | "separator";

interface Folded {
  text: string;
  kind: Kind;
}

const known = new Map<string, Folded>();

/**
 * The words of a text in the form in which they are indexed and looked for.
 *
 * Upper case, accents, Arabic vowel marks and the shapes of alef, hamza, taa marbuta and alef maqsura make no difference, nor does the
 * script of the digits.
 */
export function* searchWords(text: string): Generator<SearchWord, void, undefined> {
  let word = "";
  let from = 0;
  let to = 0;
  let at = 0;
  for (const character of text) {
    const { text: folded, kind } = foldedOf(character);
    const next = at + character.length;
    if (kind === "word") {
      if (word === "") from = at;
      if (word.length < MAX_WORD_LENGTH) word += folded;
      to = next;
    } else if (kind === "attached") {
      if (word !== "") to = next;
    } else {
      if (word !== "") yield { text: word, from, to };
      word = "";
      if (kind === "own-word") yield { text: folded, from: at, to: next };
    }
    at = next;
  }
  if (word !== "") yield { text: word, from, to };
}

/** What holds no separator of ASCII: within it, only other scripts' characters can part words. */
const ASCII_RUN = /[0-9A-Za-z\u0080-\uffff]+/g;
const BEYOND_ASCII = /[\u0080-\uffff]/;

/** Every form under which a text is found, each once: those of all its {@linkcode searchWords}, without looking at any part twice. */
export function allSearchForms(text: string): Set<string> {
  const forms = new Set<string>();
  for (const run of new Set(text.match(ASCII_RUN))) {
    if (!BEYOND_ASCII.test(run)) forms.add(run.slice(0, MAX_WORD_LENGTH).toLowerCase());
    else for (const { text: word } of searchWords(run)) for (const form of searchForms(word)) forms.add(form);
  }
  return forms;
}

/** The forms under which a word is found: with and without the Arabic article. */
export function searchForms(word: string): string[] {
  const bare = withoutArticle(word);
  return bare === word ? [word] : [word, bare];
}

/** What a word of a query is looked for as; found is what begins with it. */
export function searchNeedle(word: string): string {
  return withoutArticle(word);
}

/** Shorter words may just begin with these letters. */
function withoutArticle(word: string): string {
  return word.length > 4 && word.startsWith("ال") ? word.slice(2) : word;
}

function foldedOf(character: string): Folded {
  const before = known.get(character);
  if (before !== undefined) return before;
  const folded = fold(character);
  known.set(character, folded);
  return folded;
}

function fold(character: string): Folded {
  if (ATTACHED.test(character)) return { text: "", kind: "attached" };
  const plain = character.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  let text = "";
  for (const one of plain) text += SAME_LETTER[one] ?? digitOf(one) ?? (WORD_CHARACTER.test(one) ? one : "");
  // A lone hamza belongs to its word although nothing of it is kept.
  if (text === "") return { text, kind: WORD_CHARACTER.test(character) ? "attached" : "separator" };
  return { text, kind: OWN_WORD.test(text) ? "own-word" : "word" };
}

/** Arabic and Persian digits, as those that keyboards have everywhere. */
function digitOf(character: string): string | undefined {
  const code = character.codePointAt(0) ?? 0;
  if (code >= 0x660 && code <= 0x669) return String(code - 0x660);
  if (code >= 0x6f0 && code <= 0x6f9) return String(code - 0x6f0);
  return undefined;
}
