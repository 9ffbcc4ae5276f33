/** Random numbers from 0 to below 1. */
type Random = () => number;

/** Words that streams are made of, where decoders look twice. */
const WORDS: readonly string[] = [
  ...[
    "data: ",
    "data:",
    "event: error\n",
    "event: ping\n",
    ": ping\n\n",
    "\n\n",
    "\r\n",
    "\r",
    "\n",
    "[DONE]",
    "data: [DONE]\n\n",
  ],
  ...[
    "{",
    "}",
    "[",
    "]",
    '"',
    "\\",
    ",",
    ":",
    "null",
    "NaN",
    "-Infinity",
    '{"error":{"message":"x","code":429}}',
    "<html>",
  ],
  ...[
    "\ufeff",
    "\\ud83d",
    "\\ude00",
    "\u0000",
    "\u2028",
    "<think>",
    "</think>",
    '{"choices":[]}',
    '"finish_reason":"stop"',
  ],
];

/** Values that no provider was ever asked to put there. */
const VALUES: readonly unknown[] = [
  ...[
    null,
    true,
    false,
    0,
    -1,
    1.5,
    1e308,
    Number.MAX_SAFE_INTEGER,
    "",
    " ",
    "x",
    "[DONE]",
    "\ud83d",
    "\ude00 x",
    "{}",
    "__proto__",
  ],
  ...[
    [],
    {},
    [[]],
    [null],
    [[[[[[[[]]]]]]]],
    { type: {} },
    { error: {} },
    { message: [] },
    { toString: 1 },
    ["a", 1, {}],
  ],
];

const encoder = new TextEncoder();

/** So many random bytes. */
export function randomBytes(random: Random, length: number): Uint8Array {
  return Uint8Array.from({ length }, () => random() * 256);
}

/** A text of words that streams are made of, in no order. */
export function wordSoup(random: Random, words: number): Uint8Array {
  return encoder.encode(Array.from({ length: words }, () => pick(random, WORDS)).join(""));
}

/** A recording with one to eight changes: bytes, pieces, words, or values inside its JSON. */
export function mutate(random: Random, recording: Uint8Array, other: Uint8Array): Uint8Array {
  let bytes = recording;
  for (let left = 1 + Math.floor(random() * 8); left > 0; left--) bytes = change(random, bytes, other);
  return bytes;
}

function change(random: Random, bytes: Uint8Array, other: Uint8Array): Uint8Array {
  const from = Math.floor(random() * (bytes.length + 1));
  const to = Math.min(bytes.length, from + Math.floor(random() * 40));
  const slice = bytes.subarray(from, to);
  switch (Math.floor(random() * 9)) {
    case 0:
      return concat(bytes.subarray(0, from), randomBytes(random, 1 + random() * 3), bytes.subarray(from + 1));
    case 1:
      return concat(bytes.subarray(0, from), bytes.subarray(to));
    case 2:
      return concat(bytes.subarray(0, to), slice, slice, bytes.subarray(to));
    case 3:
      return concat(bytes.subarray(0, from), encoder.encode(pick(random, WORDS)), bytes.subarray(from));
    case 4:
      return bytes.subarray(0, from);
    case 5:
      return concat(bytes.subarray(0, from), other.subarray(Math.floor(random() * other.length)));
    default:
      return changeValue(random, bytes);
  }
}

/** One value of one JSON object in the recording becomes another: what types promise is what hostile upstreams break. */
function changeValue(random: Random, bytes: Uint8Array): Uint8Array {
  const lines = new TextDecoder().decode(bytes).split("\n");
  const at = Math.floor(random() * lines.length);
  const [, prefix = "", json = ""] = /^([^{[]*)(.*)$/s.exec(lines[at] ?? "") ?? [];
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return bytes;
  }
  lines[at] = prefix + JSON.stringify(replaceOne(random, value, 0));
  return encoder.encode(lines.join("\n"));
}

function replaceOne(random: Random, value: unknown, depth: number): unknown {
  const keys = typeof value === "object" && value !== null ? Object.keys(value) : [];
  if (keys.length === 0 || random() < 0.05 * depth) return pick(random, VALUES);
  const key = pick(random, keys);
  const own = (value as Record<string, unknown>)[key];
  const changed = random() < 0.1 ? undefined : replaceOne(random, own, depth + 1);
  return Array.isArray(value)
    ? value.map((item, index) => (String(index) === key ? changed : item))
    : { ...(value as object), [key]: changed };
}

function pick<T>(random: Random, values: readonly T[]): T {
  return values[Math.floor(random() * values.length)] as T;
}

function concat(...pieces: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(pieces.reduce((length, piece) => length + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
