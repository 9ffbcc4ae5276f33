import type { Measure, MeasureKey } from "./catalogue.ts";
import { boundsOf, CATALOGUE, perUnit } from "./catalogue.ts";
import { Histogram } from "./histogram.ts";
import type { Meter } from "./meter.ts";

/** The media type of {@linkcode exposition}. */
export const EXPOSITION_TYPE = "text/plain; version=0.0.4; charset=utf-8";

/**
 * Everything that a meter knows, in Prometheus's text format 0.0.4: every measure of the catalogue, in its order.
 *
 * https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format
 */
export function exposition(meter: Meter): string {
  const lines: string[] = [];
  for (const key of Object.keys(CATALOGUE) as MeasureKey[]) {
    const measure: Measure = CATALOGUE[key];
    const { name, kind, meaning } = measure;
    lines.push(`# HELP ${name} ${escapeHelp(meaning.en)}`, `# TYPE ${name} ${kind}`);
    for (const { labels, value } of meter.samples(key)) {
      if (value instanceof Histogram) lines.push(...histogramLines(measure, labels, value));
      else lines.push(`${name}${labelText(measure, labels)} ${number(value / perUnit(measure))}`);
    }
  }
  return `${lines.join("\n")}\n`;
}

function histogramLines(measure: Measure, labels: Readonly<Record<string, string>>, histogram: Histogram): string[] {
  const { name } = measure;
  const lines = boundsOf(measure).map((bound) => {
    const text = number(bound / perUnit(measure));
    return `${name}_bucket${labelText(measure, labels, text)} ${histogram.countUpTo(bound)}`;
  });
  lines.push(
    `${name}_bucket${labelText(measure, labels, "+Inf")} ${histogram.count}`,
    `${name}_sum${labelText(measure, labels)} ${number(histogram.sum / perUnit(measure))}`,
    `${name}_count${labelText(measure, labels)} ${histogram.count}`,
  );
  return lines;
}

function labelText(measure: Measure, labels: Readonly<Record<string, string>>, bound?: string): string {
  const pairs = measure.labels.map((name) => `${name}="${escapeValue(labels[name] ?? "")}"`);
  if (bound !== undefined) pairs.push(`le="${bound}"`);
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
}

/** Without the noise of binary fractions in the last digits. */
function number(value: number): string {
  return String(Number(value.toPrecision(15)));
}

function escapeHelp(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
}

function escapeValue(text: string): string {
  return escapeHelp(text.toWellFormed()).replaceAll('"', '\\"');
}
