import { asArray, asObject, type JsonObject } from "../_json.ts";

const CONTENT = '"content":"';

/** What JSON would write in another way, or not at all. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const NOT_AS_IT_IS = /["\\\u0000-\u001f]/;

/**
 * Knows the chunks of a stream that differ in nothing but their text, as nearly all of them do: what stands around the text is the
 * same, byte for byte, so the text is all that there is to read.
 */
export class AlikeChunks {
  #before = "";
  #after = "";

  /** The text of a chunk that is like the one that was learned; `undefined` for any other. */
  textOf(data: string): string | undefined {
    const begin = this.#before.length;
    const end = data.length - this.#after.length;
    if (begin === 0 || end <= begin) return undefined;
    // Two slices compared as wholes: `startsWith` and `endsWith` go from character to character, five times slower.
    if (data.slice(0, begin) !== this.#before || data.slice(end) !== this.#after) return undefined;
    const text = data.slice(begin, end);
    return NOT_AS_IT_IS.test(text) ? undefined : text;
  }

  /** Learns from a chunk, if it says nothing but text. */
  learn(data: string, chunk: JsonObject): void {
    const text = plainTextOf(chunk);
    if (text === undefined) return;
    const at = data.indexOf(CONTENT);
    const begin = at + CONTENT.length;
    const end = begin + text.length;
    // Twice the same name, a blank before the text or an escape in it: then the next one may be clearer.
    if (at < 0 || data.lastIndexOf(CONTENT) !== at || data[end] !== '"' || !data.startsWith(text, begin)) return;
    this.#before = data.slice(0, begin);
    this.#after = data.slice(end);
  }
}

/** The text of a chunk with one choice in which nothing else is said; other fields of the chunk itself only describe it. */
function plainTextOf({ choices, usage, error, x_groq }: JsonObject): string | undefined {
  if (usage != null || error != null || x_groq != null) return undefined;
  const [only, ...others] = asArray(choices);
  const { delta, index, ...more } = asObject(only) ?? {};
  const { content, role, ...rest } = asObject(delta) ?? {};
  if (others.length > 0 || index !== 0 || !Object.values(more).every(isNothing)) return undefined;
  if (typeof content !== "string" || content === "" || !Object.values(rest).every(isNothing)) return undefined;
  return role === undefined || typeof role === "string" ? content : undefined;
}

function isNothing(value: unknown): boolean {
  return value === null || value === "" || (Array.isArray(value) && value.length === 0);
}
