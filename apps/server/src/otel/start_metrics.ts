import type { Meter } from "@cogniforge/core/metrics";
import { OTLPMetricExporter } from "@opentelemetry/exporter-metrics-otlp-http";
import type { Resource } from "@opentelemetry/resources";
import { AggregationTemporality, MeterProvider, PeriodicExportingMetricReader } from "@opentelemetry/sdk-metrics";
import type { TelemetryConfig } from "../config/mod.ts";
import { VERSION } from "../version.ts";
import { CatalogueProducer } from "./catalogue_producer.ts";
import type { ExportReport } from "./export_report.ts";
import { GenAiMetrics } from "./gen_ai_metrics.ts";
import { otlpOptions } from "./otlp_options.ts";
import { reported } from "./reported.ts";
import type { Signal } from "./signal.ts";

/** Series of one measure of the conventions; what comes then is summed up by the SDK, as models that do not exist can be named. */
const MOST_SERIES = 500;

export interface MetricOptions {
  resource: Resource;
  meter: Meter;
  report: ExportReport;
}

/** Sends every measure of the catalogue, and those of the conventions, again and again. */
export function startMetrics(
  config: NonNullable<TelemetryConfig["metrics"]>,
  { resource, meter, report }: MetricOptions,
): Signal {
  const { options, destroy } = otlpOptions(config);
  // Since the start, as in the scrape: whatever a collector missed, the next export holds it.
  const exporter = new OTLPMetricExporter({
    ...options,
    temporalityPreference: AggregationTemporality.CUMULATIVE,
  });
  const provider = new MeterProvider({
    resource,
    readers: [
      new PeriodicExportingMetricReader({
        exporter: reported(exporter, "metrics", report),
        exportIntervalMillis: config.intervalMs,
        exportTimeoutMillis: Math.min(config.timeoutMs, config.intervalMs),
        metricProducers: [new CatalogueProducer(meter, resource)],
        cardinalityLimits: { default: MOST_SERIES },
      }),
    ],
  });
  const conventions = new GenAiMetrics(provider.getMeter("cogniforge", VERSION));
  return {
    noteEnd(_header, { end }) {
      if (end !== undefined) conventions.noteEnd(end);
    },
    flush: () => provider.shutdown(),
    destroy,
  };
}
