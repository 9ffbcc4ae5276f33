import { resolve } from "node:path";
import type { Config } from "./config.ts";
import type { ConfigReport } from "./config_error.ts";
import { quoteValue, quoteValueArabic } from "./config_error.ts";
import type { EnvironmentReader } from "./environment_reader.ts";
import { readProject } from "./project.ts";
import { readLimits } from "./read_limits.ts";
import { readShared } from "./read_shared.ts";
import { readTelemetry } from "./read_telemetry.ts";
import { Secret } from "./secret.ts";
import { readTrustedProxies } from "./trusted_proxies.ts";

const SHORTEST_PASSWORD = 8;
const LONGEST_PASSWORD = 128;
const SHORTEST_API_KEY = 16;

export type Settings = Pick<
  Config,
  | "host"
  | "port"
  | "dataDirectory"
  | "shared"
  | "apiKey"
  | "metricsToken"
  | "telemetry"
  | "admin"
  | "trustedProxies"
  | "console"
  | "maxQuestionLength"
  | "maxContextMessages"
  | "maxResponseTokens"
  | "isMaxResponseTokensSet"
  | "isExtreme"
  | "limits"
  | "drainMs"
  | "isMockForced"
  | "project"
>;

/** Reads the variables that concern the whole server. */
export function readSettings(reader: EnvironmentReader, directory: string, report: ConfigReport): Settings {
  const isExtreme = reader.boolean("LLM_EXTREME_COMPLEXITY_MODE", false);
  const apiKey = readApiKey(reader, report);
  const metricsToken = reader.key("COGNIFORGE_METRICS_TOKEN");
  const telemetry = readTelemetry(reader, report);
  const admin = readAdmin(reader, report);
  const project = readProject(reader, directory, report);
  const shared = readShared(reader, report);
  return {
    host: readHost(reader, report),
    port: reader.integer("PORT", 4100, { min: 0, max: 65535 }),
    dataDirectory: resolve(directory, reader.text("COGNIFORGE_DATA_DIR") ?? "data"),
    ...(shared && { shared }),
    ...(apiKey && { apiKey }),
    ...(metricsToken && { metricsToken }),
    ...(telemetry && { telemetry }),
    ...(admin && { admin }),
    ...(project && { project }),
    trustedProxies: readTrustedProxies(reader, report),
    console: reader.boolean("COGNIFORGE_CONSOLE", true),
    maxQuestionLength: reader.integer("ADMIN_AI_MAX_QUESTION_LENGTH", 100_000, { min: 1, max: 10_000_000 }),
    maxContextMessages: reader.integer("ADMIN_AI_MAX_CONTEXT_MESSAGES", 10, { min: 0, max: 1000 }),
    maxResponseTokens: reader.integer("ADMIN_AI_MAX_RESPONSE_TOKENS", isExtreme ? 64_000 : 32_000, {
      min: 1,
      max: 1_000_000,
    }),
    isMaxResponseTokensSet: reader.isSet("ADMIN_AI_MAX_RESPONSE_TOKENS"),
    isExtreme,
    limits: readLimits(reader),
    drainMs: reader.integer("COGNIFORGE_DRAIN_SECONDS", 10, { min: 0, max: 3_600 }) * 1000,
    isMockForced: readForcedMock(reader),
  };
}

function readForcedMock(reader: EnvironmentReader): boolean {
  const alias = reader.boolean("LLM_MOCK_MODE", false);
  return reader.boolean("LLM_FORCE_MOCK", alias);
}

function readHost(reader: EnvironmentReader, report: ConfigReport): string {
  const host = reader.text("HOST") ?? "127.0.0.1";
  if (/^[A-Za-z0-9._-]+$/.test(host) || /^[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*(%\w+)?$/.test(host)) return host;
  report.error(
    "HOST",
    `Expected a host name or an IP address such as 127.0.0.1, found ${quoteValue(host)}`,
    `المتوقع اسم مضيف أو عنوان IP مثل 127.0.0.1، والموجود ${quoteValueArabic(host)}`,
  );
  return host;
}

function readApiKey(reader: EnvironmentReader, report: ConfigReport): Secret | undefined {
  const key = reader.key("COGNIFORGE_API_KEY");
  if (key !== undefined && key.reveal().length < SHORTEST_API_KEY) {
    report.notice(
      `COGNIFORGE_API_KEY is shorter than ${SHORTEST_API_KEY} characters and could be guessed`,
      `طول COGNIFORGE_API_KEY أقل من ${SHORTEST_API_KEY} محرفًا ويمكن تخمينه`,
    );
  }
  return key;
}

function readAdmin(reader: EnvironmentReader, report: ConfigReport): Config["admin"] {
  const email = reader.realText("ADMIN_EMAIL");
  const password = reader.realText("ADMIN_PASSWORD");
  if (email !== undefined && !/^[^\s@]+@[^\s@]+$/.test(email)) {
    report.error("ADMIN_EMAIL", "Expected an e-mail address", "المتوقع عنوان بريد إلكتروني");
  }
  if (password !== undefined && (password.length < SHORTEST_PASSWORD || password.length > LONGEST_PASSWORD)) {
    report.error(
      "ADMIN_PASSWORD",
      `Expected ${SHORTEST_PASSWORD} to ${LONGEST_PASSWORD} characters, found ${password.length}`,
      `المتوقع من ${SHORTEST_PASSWORD} إلى ${LONGEST_PASSWORD} محرفًا، والموجود ${password.length}`,
    );
  }
  if (email === undefined || password === undefined) {
    if (email !== undefined || password !== undefined) {
      report.notice(
        "No administrator is created from the environment, as ADMIN_EMAIL and ADMIN_PASSWORD must both be set",
        "لن يُنشأ مدير من المتغيرات، إذ يجب ضبط ADMIN_EMAIL و ADMIN_PASSWORD معًا",
      );
    }
    return undefined;
  }
  return { email, password: new Secret(password, "password"), name: reader.text("ADMIN_NAME") ?? "Administrator" };
}
