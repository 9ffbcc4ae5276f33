import type { IdGenerator } from "@opentelemetry/sdk-trace";

/** Gives the next span the ids that were laid down for it: those of answers follow from their names, not from chance. */
export class AnswerIds implements IdGenerator {
  traceId = "";
  spanId = "";

  generateTraceId(): string {
    return this.traceId;
  }

  generateSpanId(): string {
    return this.spanId;
  }
}
