import type { Usage } from "../../events/mod.ts";
import { asCount, asObject, type JsonObject } from "../_json.ts";

const INPUT_FIELDS = ["input_tokens", "cache_read_input_tokens", "cache_creation_input_tokens"] as const;
type Counts = Partial<
  Record<(typeof INPUT_FIELDS)[number] | "output_tokens" | "thinking_tokens" | "hour_long", number>
>;

/**
 * Puts the reports of one answer together: the first event states the input, later ones replace what they name.
 *
 * Anthropic counts the parts of the prompt that were read from its cache or written to it beside `input_tokens`.
 */
export class UsageReports {
  #counts: Counts = {};

  /** Takes a report; the whole usage so far, or `undefined` if it holds no news. */
  push(value: unknown): Usage | undefined {
    const report = asObject(value);
    if (report === undefined) return undefined;
    const before = JSON.stringify(this.#counts);
    this.#counts = { ...this.#counts, ...this.#readInput(report), ...readOutput(report) };
    return JSON.stringify(this.#counts) === before ? undefined : toUsage(this.#counts);
  }

  #readInput(report: JsonObject): Counts {
    const counts = readCounts(report);
    // Proxies that know the input at one end of the stream only write 0 at the other.
    const isBlank = INPUT_FIELDS.every((field) => (counts[field] ?? 0) === 0);
    const isKnown = INPUT_FIELDS.some((field) => (this.#counts[field] ?? 0) > 0);
    return isBlank && isKnown ? {} : counts;
  }
}

function readCounts(report: JsonObject): Counts {
  const counts: Counts = {};
  for (const field of INPUT_FIELDS) {
    const count = asCount(report[field]);
    if (count !== undefined) counts[field] = count;
  }
  const hourLong = asCount(asObject(report.cache_creation)?.ephemeral_1h_input_tokens);
  if (hourLong !== undefined) counts.hour_long = hourLong;
  return counts;
}

function readOutput(report: JsonObject): Counts {
  const counts: Counts = {};
  const output = asCount(report.output_tokens);
  if (output !== undefined) counts.output_tokens = output;
  const details = asObject(report.output_tokens_details);
  const thinking = asCount(details?.thinking_tokens) ?? asCount(details?.reasoning_tokens);
  if (thinking !== undefined) counts.thinking_tokens = thinking;
  return counts;
}

function toUsage(counts: Counts): Usage {
  const usage: Usage = {};
  const { input_tokens: fresh, cache_read_input_tokens: read, cache_creation_input_tokens: written } = counts;
  if (fresh !== undefined) usage.inputTokens = fresh + (read ?? 0) + (written ?? 0);
  if (read !== undefined) usage.cachedInputTokens = read;
  // What is kept for an hour has a price of its own: one count for both would be paid wrongly.
  if (written !== undefined && (counts.hour_long ?? 0) === 0) usage.cacheWriteTokens = written;
  if (counts.output_tokens !== undefined) usage.outputTokens = counts.output_tokens;
  if (counts.thinking_tokens !== undefined) usage.reasoningTokens = counts.thinking_tokens;
  return usage;
}
