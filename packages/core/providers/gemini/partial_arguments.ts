import { asText, type JsonObject } from "../_json.ts";

type Key = string | number;
type Container = Record<Key, unknown>;

/** An array may grow by so many empty places at once: an index far beyond its end would fill the memory. */
const MAX_GAP = 1000;

/**
 * The arguments of a function call that come piece by piece, each with the JSON path at which it belongs.
 *
 * @see https://cloud.google.com/vertex-ai/generative-ai/docs/reference/rest/v1/PartialArg
 */
export class PartialArguments {
  // Without a prototype, so that no path can reach one.
  #root: Container = Object.create(null);
  #isBroken = false;

  /** Takes arguments that come whole. */
  setAll(values: JsonObject): void {
    for (const [key, value] of Object.entries(values)) this.#root[key] = value;
  }

  /** Takes one piece; a string goes on where the path already holds one. */
  add(piece: JsonObject): void {
    const path = parsePath(asText(piece.jsonPath) ?? "");
    if (path === undefined || !this.#set(path, piece)) this.#isBroken = true;
  }

  /** The arguments as JSON text; `undefined` if a piece did not fit. */
  toJson(): string | undefined {
    return this.#isBroken ? undefined : JSON.stringify(this.#root);
  }

  #set(path: readonly Key[], piece: JsonObject): boolean {
    let holder = this.#root;
    for (const [at, key] of path.entries()) {
      if (Array.isArray(holder) ? typeof key !== "number" || key > holder.length + MAX_GAP : typeof key === "number") {
        return false;
      }
      const next = path[at + 1];
      if (next === undefined) {
        holder[key] = valueIn(piece, holder[key]);
        return true;
      }
      holder[key] ??= typeof next === "number" ? [] : Object.create(null);
      if (typeof holder[key] !== "object") return false;
      holder = holder[key] as Container;
    }
    return false;
  }
}

function valueIn(piece: JsonObject, before: unknown): unknown {
  if (typeof piece.stringValue === "string") {
    return typeof before === "string" ? before + piece.stringValue : piece.stringValue;
  }
  return piece.numberValue ?? piece.boolValue ?? null;
}

const STEP = /\.([^.[\]]+)|\[(\d+)\]|\['((?:[^'\\]|\\.)*)'\]|\["((?:[^"\\]|\\.)*)"\]/y;

/** The keys of a path such as `$.recipe.steps[2]['a b']`; `undefined` if it is none, or names the whole. */
function parsePath(text: string): Key[] | undefined {
  const steps = text.startsWith("$") ? text.slice(1) : `.${text}`;
  const keys: Key[] = [];
  STEP.lastIndex = 0;
  while (STEP.lastIndex < steps.length) {
    const found = STEP.exec(steps);
    if (found === null) return undefined;
    const [, name, index, single, double] = found;
    keys.push(index === undefined ? (name ?? unescaped(single ?? double ?? "")) : Number(index));
  }
  return keys.length > 0 ? keys : undefined;
}

const ESCAPES: Readonly<Record<string, string>> = { b: "\b", f: "\f", n: "\n", r: "\r", t: "\t" };

function unescaped(text: string): string {
  return text.replace(/\\(?:u([0-9a-fA-F]{4})|(.))/g, (_, code: string | undefined, char: string) =>
    code === undefined ? (ESCAPES[char] ?? char) : String.fromCharCode(Number.parseInt(code, 16)),
  );
}
