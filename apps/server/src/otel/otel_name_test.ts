import type { Measure } from "@cogniforge/core/metrics";
import { CATALOGUE } from "@cogniforge/core/metrics";
import { expect, test } from "vitest";
import { otelName, otelUnit } from "./otel_name.ts";

/** What a collector's exporter for Prometheus makes of a metric, as far as our names need its rules. */
function prometheusName(measure: Measure): string {
  const unit = { s: "seconds", By: "bytes" }[otelUnit(measure)];
  const name = otelName(measure).replaceAll(".", "_");
  return [name, ...(unit === undefined ? [] : [unit]), ...(measure.kind === "counter" ? ["total"] : [])].join("_");
}

test("otelName() gives every measure a name of its own, which a collector turns into that of the scrape again", () => {
  const measures: Measure[] = Object.values(CATALOGUE);
  expect(measures.map(prometheusName)).toEqual(measures.map(({ name }) => name));
  expect(new Set(measures.map(otelName)).size).toBe(measures.length);
  expect(otelName(CATALOGUE.firstToken)).toBe("cogniforge.first_token");
});
