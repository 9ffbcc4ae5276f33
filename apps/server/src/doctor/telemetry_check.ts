import type { OtlpConfig } from "../config/mod.ts";
import type { CheckResult } from "./check.ts";
import { say } from "./check.ts";
import type { Patient } from "./patient.ts";

/** What a collector takes as nothing at all, by OTLP's own rules. */
const EMPTY = { traces: '{"resourceSpans":[]}', metrics: '{"resourceMetrics":[]}' } as const;

/** How long a collector may take to say something, in milliseconds. */
const LONGEST_MS = 5_000;

/** Whether the collectors that are configured take what is sent; nothing where nothing is sent. */
export async function* checkTelemetry({
  config,
  signal,
}: Pick<Patient, "config" | "signal">): AsyncGenerator<CheckResult> {
  const { traces, metrics } = config?.telemetry ?? {};
  if (traces !== undefined) yield await tryCollector("traces", traces, signal);
  if (metrics !== undefined) yield await tryCollector("metrics", metrics, signal);
}

async function tryCollector(name: keyof typeof EMPTY, otlp: OtlpConfig, signal: AbortSignal): Promise<CheckResult> {
  const id = `telemetry.${name}`;
  const { url, headers, timeoutMs } = otlp;
  const details = { url };
  const why = await failureOf(name, { url, headers, timeoutMs }, signal);
  if (why === undefined) {
    const message = say(`The collector at ${url} takes ${name}`, `يقبل المجمّع في ‎${url} ما يُرسل إليه`);
    return { id, status: "ok", message, details };
  }
  return {
    id,
    // Answers do not depend on it.
    status: "warning",
    message: say(
      `The collector at ${url} does not take ${name}: ${why}`,
      `لا يقبل المجمّع في ‎${url} ما يُرسل إليه: ‏${why}`,
    ),
    remedy: say(
      "Start it, or correct OTEL_EXPORTER_OTLP_ENDPOINT (its port for OTLP over HTTP, mostly 4318) and OTEL_EXPORTER_OTLP_HEADERS",
      "شغّله، أو صحّح OTEL_EXPORTER_OTLP_ENDPOINT (منفذ OTLP عبر HTTP، وهو غالبًا 4318) و OTEL_EXPORTER_OTLP_HEADERS",
    ),
    details,
  };
}

/** Why nothing can be sent there; `undefined` if it can. */
async function failureOf(
  name: keyof typeof EMPTY,
  { url, headers, timeoutMs }: Pick<OtlpConfig, "url" | "headers" | "timeoutMs">,
  signal: AbortSignal,
): Promise<string | undefined> {
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: { ...headers, "content-type": "application/json" },
      body: EMPTY[name],
      redirect: "manual",
      signal: AbortSignal.any([signal, AbortSignal.timeout(Math.min(timeoutMs, LONGEST_MS))]),
    });
    await response.body?.cancel();
    return response.ok ? undefined : `HTTP ${response.status}`;
  } catch (error) {
    if (signal.aborted) throw error;
    if (error instanceof Error && error.name === "TimeoutError") return "no response";
    const cause = error instanceof Error ? error.cause : undefined;
    return cause instanceof Error && "code" in cause ? String(cause.code) : String(error);
  }
}
