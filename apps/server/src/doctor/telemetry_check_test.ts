import type { IncomingMessage } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { expect, test } from "vitest";
import { loadConfig } from "../config/mod.ts";
import type { CheckResult } from "./check.ts";
import { checkTelemetry } from "./telemetry_check.ts";

async function check(environment: Record<string, string>): Promise<CheckResult[]> {
  const config = await loadConfig({ environment, directory: tmpdir() });
  const results: CheckResult[] = [];
  for await (const one of checkTelemetry({ config, signal: new AbortController().signal })) results.push(one);
  return results;
}

/** A collector that takes traces with the right key, has no metrics, and can be stopped. */
async function startCollector() {
  const got: string[] = [];
  const statusOf = ({ url, headers }: IncomingMessage) => {
    if (url !== "/v1/traces") return 404;
    return headers["x-key"] === "right" ? 200 : 401;
  };
  const server = createServer((request, response) => {
    got.push(request.url ?? "");
    request.resume().on("end", () => response.writeHead(statusOf(request)).end("{}"));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const stop = () => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  };
  return { url: `http://127.0.0.1:${port}`, got, stop };
}

test("checkTelemetry() asks nobody where nothing is sent", async () => {
  expect(await check({})).toEqual([]);
});

test("checkTelemetry() tells for each signal whether its collector takes it, and what to do where it does not", async () => {
  const { url, got, stop } = await startCollector();
  const environment = { OTEL_EXPORTER_OTLP_ENDPOINT: url, OTEL_EXPORTER_OTLP_HEADERS: "x-key=right" };
  const [traces, metrics] = await check(environment);
  expect(got).toEqual(["/v1/traces", "/v1/metrics"]);
  expect(traces).toMatchObject({ id: "telemetry.traces", status: "ok" });
  expect(metrics).toMatchObject({ id: "telemetry.metrics", status: "warning" });
  expect(metrics?.message.en).toContain("HTTP 404");
  expect(metrics?.remedy?.ar).toContain("OTEL_EXPORTER_OTLP_ENDPOINT");
  const [refused] = await check({ ...environment, OTEL_EXPORTER_OTLP_HEADERS: "x-key=wrong-secret" });
  expect(refused?.message.en).toContain("HTTP 401");
  expect(JSON.stringify(refused)).not.toContain("wrong-secret");
  await stop();
  const [down] = await check(environment);
  expect(down?.message.en).toContain("ECONNREFUSED");
});
