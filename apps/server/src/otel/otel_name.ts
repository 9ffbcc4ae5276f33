import type { Measure } from "@cogniforge/core/metrics";

/** Units as UCUM writes them; what is counted stands in braces. */
const UNITS: Readonly<Record<Measure["unit"], string>> = {
  seconds: "s",
  bytes: "By",
  tokens: "{token}",
  "tokens-per-second": "{token}/s",
  dollars: "{USD}",
  count: "1",
};

/** Units that OpenTelemetry tells beside a name, where Prometheus has them in it. */
const IN_NAMES: Partial<Record<Measure["unit"], string>> = { seconds: "_seconds", bytes: "_bytes" };

/**
 * A measure's name in OpenTelemetry's form: without `_total` and the unit, and with a dot after its first word. Turned back by
 * the rules that collectors go by, it is the name of the scrape again.
 *
 * https://opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics/
 */
export function otelName({ name, unit }: Pick<Measure, "name" | "unit">): string {
  const suffix = IN_NAMES[unit] ?? "";
  const counted = name.replace(/_total$/, "");
  const bare = suffix !== "" && counted.endsWith(suffix) ? counted.slice(0, -suffix.length) : counted;
  return bare.replace("_", ".");
}

/** A measure's unit in OpenTelemetry's form. */
export function otelUnit({ unit }: Pick<Measure, "unit">): string {
  return UNITS[unit];
}
