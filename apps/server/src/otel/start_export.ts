import { resourceFromAttributes } from "@opentelemetry/resources";
import { ATTR_SERVICE_INSTANCE_ID, ATTR_SERVICE_VERSION } from "@opentelemetry/semantic-conventions/incubating";
import { newId } from "../answers/answer_id.ts";
import type { TelemetryConfig } from "../config/mod.ts";
import { VERSION } from "../version.ts";
import { ExportReport } from "./export_report.ts";
import type { OpenTelemetry, OpenTelemetryOptions, Signal } from "./signal.ts";
import { startMetrics } from "./start_metrics.ts";
import { startTraces } from "./start_traces.ts";

/** How long the last export may take when the server stops, in milliseconds: a deaf collector holds no restart up. */
const FLUSH_MS = 2_000;

/** Starts what is configured. Loaded only where something is: the SDK comes with it. */
export function startExport(config: TelemetryConfig, { journal, meter, log }: OpenTelemetryOptions): OpenTelemetry {
  const report = new ExportReport({ log, meter });
  const resource = resourceFromAttributes({
    [ATTR_SERVICE_VERSION]: VERSION,
    [ATTR_SERVICE_INSTANCE_ID]: newId(),
    ...config.resource,
  });
  const signals: Signal[] = [];
  if (config.traces !== undefined) signals.push(startTraces(config.traces, { resource, journal, report }));
  if (config.metrics !== undefined) signals.push(startMetrics(config.metrics, { resource, meter, report }));
  return {
    hasTraces: config.traces !== undefined,
    noteEnd(header, state) {
      for (const signal of signals) signal.noteEnd(header, state);
    },
    async close() {
      const late = Promise.withResolvers<void>();
      const timer = setTimeout(late.resolve, FLUSH_MS);
      await Promise.race([Promise.allSettled(signals.map((signal) => signal.flush())), late.promise]);
      clearTimeout(timer);
      for (const signal of signals) signal.destroy();
    },
  };
}
