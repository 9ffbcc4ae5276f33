import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ConfigError, loadConfig } from "./mod.ts";

const ON = { OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:4318/" };

async function telemetryOf(environment: Record<string, string>) {
  const directory = await mkdtemp(join(tmpdir(), "cogniforge-telemetry-"));
  try {
    return (await loadConfig({ environment, directory })).telemetry;
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

test("nothing is sent, and nothing can be wrong, unless OpenTelemetry's variables say where to", async () => {
  expect(await telemetryOf({})).toBeUndefined();
  expect(await telemetryOf({ OTEL_SERVICE_NAME: "house", OTEL_EXPORTER_OTLP_PROTOCOL: "grpc" })).toBeUndefined();
  expect(await telemetryOf({ ...ON, OTEL_SDK_DISABLED: "TRUE", OTEL_EXPORTER_OTLP_PROTOCOL: "grpc" })).toBeUndefined();
  expect(await telemetryOf({ ...ON, OTEL_TRACES_EXPORTER: "none", OTEL_METRICS_EXPORTER: "none" })).toBeUndefined();
});

test("one address serves both signals; each can have its own, its own headers, and be switched off", async () => {
  const both = await telemetryOf(ON);
  expect(both?.traces?.url).toBe("http://127.0.0.1:4318/v1/traces");
  expect(both?.metrics?.url).toBe("http://127.0.0.1:4318/v1/metrics");
  expect(both).toMatchObject({
    resource: { "service.name": "cogniforge" },
    traces: { sampler: { isParentBased: true, ratio: 1 }, timeoutMs: 10_000, compression: "none" },
    metrics: { intervalMs: 60_000 },
  });
  const own = await telemetryOf({
    ...ON,
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "https://traces.acme.test/otlp",
    OTEL_METRICS_EXPORTER: "none",
    OTEL_EXPORTER_OTLP_HEADERS: "authorization=Bearer%20abc, x-a=1",
    OTEL_EXPORTER_OTLP_TRACES_HEADERS: "x-a=2",
    OTEL_EXPORTER_OTLP_TRACES_COMPRESSION: "gzip",
    OTEL_EXPORTER_OTLP_TIMEOUT: "500",
    OTEL_TRACES_SAMPLER: "traceidratio",
    OTEL_TRACES_SAMPLER_ARG: "0.25",
    OTEL_RESOURCE_ATTRIBUTES: "service.name=from-attributes,team=core",
  });
  expect(own?.metrics).toBeUndefined();
  expect(own?.resource).toEqual({ "service.name": "from-attributes", team: "core" });
  expect(own?.traces).toMatchObject({
    url: "https://traces.acme.test/otlp",
    timeoutMs: 500,
    compression: "gzip",
    sampler: { isParentBased: false, ratio: 0.25 },
  });
  expect({ ...own?.traces?.headers }).toEqual({ authorization: "Bearer abc", "x-a": "2" });
  expect(JSON.stringify(own)).not.toContain("Bearer");
  expect((await telemetryOf({ OTEL_TRACES_EXPORTER: "otlp" }))?.traces?.url).toBe("http://localhost:4318/v1/traces");
});

test.each([
  ["OTEL_EXPORTER_OTLP_PROTOCOL", "grpc", "http/json"],
  ["OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "http/protobuf", "http/json"],
  ["OTEL_TRACES_EXPORTER", "zipkin", "otlp or none"],
  ["OTEL_TRACES_SAMPLER", "sometimes", "always_on or"],
  ["OTEL_METRIC_EXPORT_INTERVAL", "often", "whole number"],
  ["OTEL_EXPORTER_OTLP_HEADERS", "secret-without-a-name", "percent-encoded"],
])("%s=%s is refused in both languages, with what is wanted", async (name, value, wanted) => {
  const error = await telemetryOf({ ...ON, [name]: value }).catch((reason: unknown) => reason);
  if (!(error instanceof ConfigError)) throw new Error("Expected a ConfigError", { cause: error });
  expect(error.errors.map(({ path }) => path)).toEqual([name]);
  expect(error.errors[0]?.message.en).toContain(wanted);
  expect(error.errors[0]?.message.ar).toMatch(/المتوقع/);
  expect(error.format()).not.toContain("secret-without");
});

test("a share of traces that is none is refused", async () => {
  const environment = { ...ON, OTEL_TRACES_SAMPLER: "traceidratio", OTEL_TRACES_SAMPLER_ARG: "50%" };
  await expect(telemetryOf(environment)).rejects.toThrow("OTEL_TRACES_SAMPLER_ARG");
});
