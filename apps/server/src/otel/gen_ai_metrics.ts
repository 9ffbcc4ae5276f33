import type { AnswerEnd, AttemptSummary } from "@cogniforge/core/events";
import type { Histogram, Meter } from "@opentelemetry/api";
import {
  ATTR_ERROR_TYPE,
  ATTR_GEN_AI_OPERATION_NAME,
  ATTR_GEN_AI_PROVIDER_NAME,
  ATTR_GEN_AI_REQUEST_MODEL,
  ATTR_GEN_AI_RESPONSE_MODEL,
  ATTR_GEN_AI_TOKEN_TYPE,
  METRIC_GEN_AI_CLIENT_OPERATION_DURATION,
  METRIC_GEN_AI_CLIENT_OPERATION_TIME_TO_FIRST_CHUNK,
  METRIC_GEN_AI_CLIENT_TOKEN_USAGE,
} from "@opentelemetry/semantic-conventions/incubating";
import { providerName } from "./provider_name.ts";
import { CHAT } from "./span_attributes.ts";

/** The bounds that the conventions ask for: https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-metrics/ */
const SECONDS = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92];
const FIRST_SECONDS = [0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];
const TOKENS = Array.from({ length: 14 }, (_, power) => 4 ** power);

/** The measures that the conventions have for clients of generative AI: an attempt is such a client. */
export class GenAiMetrics {
  readonly #duration: Histogram;
  readonly #firstChunk: Histogram;
  readonly #tokens: Histogram;

  constructor(meter: Meter) {
    const histogram = (name: string, unit: string, description: string, explicitBucketBoundaries: number[]) =>
      meter.createHistogram(name, { unit, description, advice: { explicitBucketBoundaries } });
    this.#duration = histogram(METRIC_GEN_AI_CLIENT_OPERATION_DURATION, "s", "Duration of an attempt", SECONDS);
    this.#firstChunk = histogram(
      METRIC_GEN_AI_CLIENT_OPERATION_TIME_TO_FIRST_CHUNK,
      "s",
      "From the beginning of an attempt to its first text",
      FIRST_SECONDS,
    );
    this.#tokens = histogram(METRIC_GEN_AI_CLIENT_TOKEN_USAGE, "{token}", "Tokens that providers reported", TOKENS);
  }

  noteEnd({ attempts }: AnswerEnd): void {
    for (const attempt of attempts) this.#noteAttempt(attempt);
  }

  #noteAttempt({ provider, model, modelReported, outcome, failureCode, timing, usage }: AttemptSummary): void {
    const target = {
      [ATTR_GEN_AI_OPERATION_NAME]: CHAT,
      [ATTR_GEN_AI_PROVIDER_NAME]: providerName(provider),
      [ATTR_GEN_AI_REQUEST_MODEL]: model,
      ...(modelReported !== undefined && { [ATTR_GEN_AI_RESPONSE_MODEL]: modelReported }),
    };
    const error = outcome === "failed" && { [ATTR_ERROR_TYPE]: failureCode ?? "unknown" };
    if (timing !== undefined) this.#duration.record(timing.totalMs / 1000, { ...target, ...error });
    if (timing?.firstTokenMs !== undefined) this.#firstChunk.record(timing.firstTokenMs / 1000, target);
    for (const [type, tokens] of [
      ["input", usage?.inputTokens],
      ["output", usage?.outputTokens],
    ] as const) {
      if (tokens !== undefined) this.#tokens.record(tokens, { ...target, [ATTR_GEN_AI_TOKEN_TYPE]: type });
    }
  }
}
