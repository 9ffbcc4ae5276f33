const HIDDEN = "…";
const SHOWN_AT_START = 7;
const SHOWN_AT_END = 4;
/** A shorter key is not shown in part: what is left to guess would be too little. */
const SHORTEST_SHOWN = 32;

/** Shows a key as `sk-or-v…wxyz` at most; a short one as `…` alone. */
export function maskKey(key: string): string {
  if (key.length < SHORTEST_SHOWN) return HIDDEN;
  return `${key.slice(0, SHOWN_AT_START)}${HIDDEN}${key.slice(-SHOWN_AT_END)}`;
}

/**
 * A key or a password that can be passed around without being printed.
 *
 * Whatever writes it (a template, `JSON.stringify`, `console.log`, a logger) gets its mask; only {@linkcode Secret.reveal} gives the value.
 */
export class Secret {
  readonly #value: string;
  readonly #mask: string;

  /** `kind` is `password` for what people choose: of that, nothing at all is shown. */
  constructor(value: string, kind: "key" | "password" = "key") {
    this.#value = value;
    this.#mask = kind === "key" ? maskKey(value) : HIDDEN;
  }

  /** The value itself: for the header of a request or a comparison, never for a text. */
  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return this.#mask;
  }

  toJSON(): string {
    return this.#mask;
  }

  [Symbol.toPrimitive](): string {
    return this.#mask;
  }

  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return `Secret(${this.#mask})`;
  }
}

const showNames = {
  value(this: object) {
    return Object.fromEntries(Object.keys(this).map((name) => [name, HIDDEN]));
  },
};
// On a prototype of their own, as `new Headers()` refuses a record that has a symbol among its own keys.
const hiddenHeaders = Object.create(Object.prototype, {
  toJSON: showNames,
  [Symbol.for("nodejs.util.inspect.custom")]: showNames,
});

/** Headers that work like any record of texts, but of which JSON and `util.inspect` give the names alone, as a header can hold a key. */
export function hideHeaderValues(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.freeze(Object.assign(Object.create(hiddenHeaders), headers));
}
