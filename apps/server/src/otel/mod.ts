export { answerBindings, endBindings } from "./answer_bindings.ts";
export { openTelemetry } from "./open_telemetry.ts";
export type { OpenTelemetry, OpenTelemetryOptions } from "./signal.ts";
