import { asObject, type JsonObject, parseJson } from "../_json.ts";
import { JsonDepth } from "../_json_depth.ts";

/** Lines are kept for so many UTF-16 code units: an error is never longer. */
const MAX_KEPT_CHARS = 64 * 1024;

/**
 * Finds JSON in lines that are no field of an event stream: an error body that a server or a proxy appends as it stands, on one
 * line or pretty-printed over many, or behind the word `error:` (GPUStack).
 */
export class StrayLines {
  #kept = "";
  #depth = new JsonDepth();
  #count = 0;

  /** Lines so far. */
  get count(): number {
    return this.#count;
  }

  /** The object that `line` completes; an error's plain text as `{ error: { message } }`. */
  push(line: string): JsonObject | undefined {
    this.#count++;
    const error = /^\s*error\s*:\s*(.+)$/i.exec(line)?.[1];
    if (error !== undefined) {
      const body = asObject(parseJson(error));
      return body && "error" in body ? body : { error: body ?? { message: error } };
    }
    if (this.#kept.length + line.length > MAX_KEPT_CHARS) this.#take();
    if (line.length > MAX_KEPT_CHARS || (this.#kept === "" && !/^\s*[{[]/.test(line))) return undefined;
    this.#kept += `${line}\n`;
    this.#depth.push(line);
    if (this.#depth.isOpen) return undefined;
    const body = parseJson(this.#take());
    // Gemini's endpoints wrap an error into an array.
    return asObject(Array.isArray(body) ? body[0] : body);
  }

  #take(): string {
    const kept = this.#kept;
    this.#kept = "";
    this.#depth = new JsonDepth();
    return kept;
  }
}
