import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import type { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import type { OtlpConfig } from "../config/mod.ts";

/** What the SDK's exporters over HTTP are made with. */
export type OtlpOptions = NonNullable<ConstructorParameters<typeof OTLPTraceExporter>[0]>;

/** The options of an exporter, over connections that can be given up. */
export function otlpOptions({ url, headers, timeoutMs, compression }: OtlpConfig): {
  options: OtlpOptions;
  /** Cuts what is under way. */
  destroy(): void;
} {
  const agent = new (url.startsWith("https:") ? HttpsAgent : HttpAgent)({ keepAlive: true });
  return {
    options: {
      url,
      headers: { ...headers },
      timeoutMillis: timeoutMs,
      compression: compression as NonNullable<OtlpOptions["compression"]>,
      httpAgentOptions: () => agent,
      userAgent: "CogniForge",
    },
    destroy: () => agent.destroy(),
  };
}
