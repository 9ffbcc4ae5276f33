import type { TelemetryConfig } from "../config/mod.ts";
import type { OpenTelemetry, OpenTelemetryOptions } from "./signal.ts";

/** Nothing is sent, and nothing of the SDK is loaded. */
const NOTHING: OpenTelemetry = { hasTraces: false, noteEnd: () => {}, close: () => Promise.resolve() };

/** Begins to send what the configuration says; whoever configures nothing does not even load the SDK. */
export async function openTelemetry(
  config: TelemetryConfig | undefined,
  options: OpenTelemetryOptions,
): Promise<OpenTelemetry> {
  if (config === undefined) return NOTHING;
  const { startExport } = await import("./start_export.ts");
  return startExport(config, options);
}
