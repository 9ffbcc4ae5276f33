import { asArray, asObject, type JsonObject } from "../_json.ts";

/** Fields that grow from fragment to fragment; any other is said once, or again in the same words. */
const GROWING = ["text", "summary", "data"] as const;

/**
 * Puts together what a provider wants back of its reasoning, as OpenRouter streams it in `reasoning_details`: fragments of one
 * detail have the same `index` and `type`, and the signature comes with the last of them.
 *
 * @see https://openrouter.ai/docs/use-cases/reasoning-tokens
 */
export class ReasoningDetailsAssembler {
  readonly #details: Record<string, unknown>[] = [];

  /** Whether nothing came that could be wanted back. */
  get isEmpty(): boolean {
    return this.#details.length === 0;
  }

  /** Takes what a delta or a whole message says of it. */
  push({ reasoning_details: details }: JsonObject, isWhole: boolean): void {
    for (const value of asArray(details)) {
      const detail = asObject(value);
      if (detail === undefined) continue;
      const begun = isWhole ? undefined : this.#find(detail);
      if (begun === undefined) this.#details.push({ ...detail });
      else merge(begun, detail);
    }
  }

  /** All of it, each detail complete; only the first time. */
  deliver(): readonly JsonObject[] {
    return this.#details.splice(0);
  }

  /** The detail that a fragment goes on with. */
  #find({ index, type, id, data }: JsonObject): Record<string, unknown> | undefined {
    if (typeof index === "number") {
      return this.#details.findLast((one) => one.index === index && one.type === type && isSameId(one.id, id));
    }
    const last = this.#details.at(-1);
    // Without an index only text goes on with text; what is encrypted comes as a whole.
    const goesOn = last?.type === type && last?.index === undefined && data === undefined && !hasText(last?.signature);
    return goesOn && isSameId(last?.id, id) ? last : undefined;
  }
}

function merge(begun: Record<string, unknown>, fragment: JsonObject): void {
  for (const [key, value] of Object.entries(fragment)) {
    const isGrowing = (GROWING as readonly string[]).includes(key);
    if (isGrowing && typeof value === "string" && typeof begun[key] === "string") begun[key] += value;
    else if (value !== null || !(key in begun)) begun[key] = value;
  }
}

function isSameId(one: unknown, other: unknown): boolean {
  return !hasText(one) || !hasText(other) || one === other;
}

function hasText(value: unknown): boolean {
  return typeof value === "string" && value !== "";
}
