import type { Journal } from "@cogniforge/core/journal";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import type { Resource } from "@opentelemetry/resources";
import { BatchSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
import { readTimeline } from "../answers/read_timeline.ts";
import type { TelemetryConfig } from "../config/mod.ts";
import { VERSION } from "../version.ts";
import { AnswerIds } from "./answer_ids.ts";
import { AnswerSpans } from "./answer_spans.ts";
import type { ExportReport } from "./export_report.ts";
import { makeSampler } from "./make_sampler.ts";
import { otlpOptions } from "./otlp_options.ts";
import { reported } from "./reported.ts";
import type { Signal } from "./signal.ts";
import { TraceQueue } from "./trace_queue.ts";

/** Spans of one export at most. */
const LARGEST_BATCH = 512;

export interface TraceOptions {
  resource: Resource;
  journal: Journal;
  report: ExportReport;
}

/** Makes and sends the spans of every answer that ends. */
export function startTraces(
  config: NonNullable<TelemetryConfig["traces"]>,
  { resource, journal, report }: TraceOptions,
): Signal {
  const { options, destroy } = otlpOptions(config);
  const ids = new AnswerIds();
  const provider = new TracerProvider({
    resource,
    sampler: makeSampler(config.sampler),
    idGenerator: ids,
    spanProcessors: [
      new BatchSpanProcessor({
        exporter: reported(new OTLPTraceExporter(options), "traces", report),
        scheduledDelayMillis: config.delayMs,
        maxQueueSize: config.maxQueue,
        maxExportBatchSize: Math.min(LARGEST_BATCH, config.maxQueue),
        exportTimeoutMillis: config.timeoutMs,
      }),
    ],
  });
  const spans = new AnswerSpans(provider.getTracer("cogniforge", VERSION), ids);
  const queue = new TraceQueue({
    onDrop: () => report.failed("traces", new Error("More answers ended than could be traced")),
    onError: (error) => report.failed("traces", error),
  });
  return {
    noteEnd(header, state) {
      queue.add(() => spans.make(header, state, () => readTimeline(journal, header.answerId)));
    },
    async flush() {
      await queue.idle();
      await provider.shutdown();
    },
    destroy() {
      queue.clear();
      destroy();
    },
  };
}
