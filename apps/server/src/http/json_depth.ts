import { FailureError } from "../failure_error.ts";

/** How deep lists and objects may stand in one another; the deepest schemas of tools have some thirty levels. */
export const MAX_JSON_DEPTH = 200;

/**
 * Refuses data whose depth would exhaust the stack of whoever walks through it, `JSON.stringify()` among them.
 *
 * @throws {FailureError} `invalid-json`.
 */
export function checkDepth(value: unknown): void {
  // Level by level and not by recursion, which is what must not happen.
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > MAX_JSON_DEPTH) {
      throw new FailureError("invalid-json", {
        detail: {
          en: `Lists and objects may stand in one another at most ${MAX_JSON_DEPTH} levels deep`,
          ar: `أقصى عمق لتداخل القوائم والكائنات هو ${MAX_JSON_DEPTH}`,
        },
      });
    }
    const next: unknown[] = [];
    for (const one of level) {
      if (typeof one !== "object" || one === null) continue;
      for (const inner of Array.isArray(one) ? one : Object.values(one)) {
        if (typeof inner === "object" && inner !== null) next.push(inner);
      }
    }
    level = next;
  }
}
