type Expectation = "value" | "key-or-end" | "key" | "colon" | "comma-or-end" | "value-or-end" | "nothing";

/**
 * Whether a text is the beginning of a JSON value (or a whole one): only from there can JSON go on.
 *
 * @see https://www.rfc-editor.org/rfc/rfc8259
 */
export function isJsonPrefix(text: string): boolean {
  const stack: ("{" | "[")[] = [];
  let expects = "value" as Expectation;
  let at = 0;
  const afterValue = () => {
    expects = stack.length === 0 ? "nothing" : "comma-or-end";
  };
  while (at < text.length) {
    const char = text.charAt(at);
    if (/[ \t\r\n]/.test(char)) {
      at++;
      continue;
    }
    if (char === '"') {
      if (expects === "nothing" || expects === "colon" || expects === "comma-or-end") return false;
      const end = stringEnd(text, at);
      if (end === "broken") return false;
      if (end === "open") return true;
      at = end;
      if (expects === "key" || expects === "key-or-end") expects = "colon";
      else afterValue();
      continue;
    }
    if (expects === "value" || expects === "value-or-end") {
      if (char === "]" && expects === "value-or-end") {
        stack.pop();
        afterValue();
        at++;
      } else if (char === "{" || char === "[") {
        stack.push(char);
        expects = char === "{" ? "key-or-end" : "value-or-end";
        at++;
      } else {
        const literal = literalEnd(text, at);
        if (literal === "broken") return false;
        if (literal === "open") return true;
        at = literal;
        afterValue();
      }
      continue;
    }
    const inside = stack.at(-1);
    if (char === ":" && expects === "colon") expects = "value";
    else if (char === "," && expects === "comma-or-end") expects = inside === "{" ? "key" : "value";
    else if (char === "}" && inside === "{" && (expects === "comma-or-end" || expects === "key-or-end")) {
      stack.pop();
      afterValue();
    } else if (char === "]" && inside === "[" && expects === "comma-or-end") {
      stack.pop();
      afterValue();
    } else return false;
    at++;
  }
  return true;
}

/** Position after a string's closing quote. */
function stringEnd(text: string, start: number): number | "open" | "broken" {
  for (let at = start + 1; at < text.length; at++) {
    const char = text.charAt(at);
    if (char === '"') return at + 1;
    if (char < " ") return "broken";
    if (char !== "\\") continue;
    const escaped = /^\\(?:["\\/bfnrt]|u[0-9a-fA-F]{0,4}|$)/.exec(text.slice(at, at + 6));
    if (escaped === null) return "broken";
    if (at + escaped[0].length < text.length && /^\\u/.test(escaped[0]) && escaped[0].length < 6) return "broken";
    at += Math.max(1, escaped[0].length - 1);
  }
  return "open";
}

const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
const NUMBER_BEGINNING = /^-?(?:0|[1-9]\d*)?(?:(?<=\d)\.\d*)?(?:(?<=\d)[eE][+-]?\d*)?$/;

/** Position after `true`, `false`, `null` or a number. */
function literalEnd(text: string, start: number): number | "open" | "broken" {
  const [word = ""] = /^[^\s,:[\]{}"]*/.exec(text.slice(start, start + 400)) ?? [];
  if (word === "") return "broken";
  const isAtEnd = start + word.length === text.length;
  const words = ["true", "false", "null"];
  if (words.includes(word) || NUMBER.test(word)) return isAtEnd ? "open" : start + word.length;
  if (!isAtEnd) return "broken";
  return words.some((one) => one.startsWith(word)) || NUMBER_BEGINNING.test(word) ? "open" : "broken";
}
