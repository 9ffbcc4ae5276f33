import type { ConfigReport } from "./config_error.ts";
import { quoteValue, quoteValueArabic } from "./config_error.ts";
import type { EnvironmentReader } from "./environment_reader.ts";
import { hideHeaderValues } from "./secret.ts";
import type { OtlpConfig, SamplerConfig, TelemetryConfig } from "./telemetry.ts";

const DEFAULT_ENDPOINT = "http://localhost:4318";
const DEFAULT_SERVICE = "cogniforge";
/** The only form that is sent. Every collector that takes OTLP over HTTP takes it, at the same address as protobuf. */
const PROTOCOL = "http/json";
const A_DAY_MS = 86_400_000;

type Signal = "TRACES" | "METRICS";

/**
 * Reads OpenTelemetry's own variables; nothing is read, and nothing can be wrong, where none of them switches it on.
 *
 * https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/
 */
export function readTelemetry(reader: EnvironmentReader, report: ConfigReport): TelemetryConfig | undefined {
  if (reader.text("OTEL_SDK_DISABLED")?.toLowerCase() === "true") return undefined;
  const traces = readSignal(reader, report, "TRACES");
  const metrics = readSignal(reader, report, "METRICS");
  if (traces === undefined && metrics === undefined) return undefined;
  return {
    resource: readResource(reader, report),
    ...(traces && {
      traces: {
        ...traces,
        sampler: readSampler(reader, report),
        delayMs: reader.integer("OTEL_BSP_SCHEDULE_DELAY", 5_000, { min: 1, max: A_DAY_MS }),
        maxQueue: reader.integer("OTEL_BSP_MAX_QUEUE_SIZE", 2_048, { min: 1, max: 1_000_000 }),
      },
    }),
    ...(metrics && {
      metrics: {
        ...metrics,
        intervalMs: reader.integer("OTEL_METRIC_EXPORT_INTERVAL", 60_000, { min: 100, max: A_DAY_MS }),
      },
    }),
  };
}

/** `undefined` where the signal is not sent: nobody says where to, or it is switched off. */
function readSignal(reader: EnvironmentReader, report: ConfigReport, signal: Signal): OtlpConfig | undefined {
  const exporter = readChoice(reader, report, `OTEL_${signal}_EXPORTER`, ["otlp", "none"]);
  if (exporter === "none") return undefined;
  const own = reader.baseUrl(`OTEL_EXPORTER_OTLP_${signal}_ENDPOINT`, (url) => url);
  const base = reader.baseUrl("OTEL_EXPORTER_OTLP_ENDPOINT", (url) => url);
  const ask = exporter === "otlp" ? DEFAULT_ENDPOINT : undefined;
  const shared = base ?? ask;
  const url = own ?? (shared && `${shared}/v1/${signal.toLowerCase()}`);
  if (url === undefined) return undefined;
  for (const name of [`OTEL_EXPORTER_OTLP_${signal}_PROTOCOL`, "OTEL_EXPORTER_OTLP_PROTOCOL"]) {
    const value = reader.text(name);
    if (value === undefined) continue;
    if (value !== PROTOCOL) refuseProtocol(report, name, value);
    break;
  }
  const of = (name: string) => {
    const specific = `OTEL_EXPORTER_OTLP_${signal}_${name}`;
    return reader.isSet(specific) ? specific : `OTEL_EXPORTER_OTLP_${name}`;
  };
  return {
    url,
    // Of both lists, as the one for all signals may hold the key and the other one a tenant.
    headers: hideHeaderValues({
      ...readPairs(reader, report, "OTEL_EXPORTER_OTLP_HEADERS"),
      ...readPairs(reader, report, `OTEL_EXPORTER_OTLP_${signal}_HEADERS`),
    }),
    timeoutMs: reader.integer(of("TIMEOUT"), 10_000, { min: 1, max: 600_000 }),
    compression: readChoice(reader, report, of("COMPRESSION"), ["none", "gzip"]) ?? "none",
  };
}

function refuseProtocol(report: ConfigReport, name: string, value: string): void {
  report.error(
    name,
    `Expected ${PROTOCOL}, the one protocol that is spoken, found ${quoteValue(value)}: leave it out, and give the address at which the collector takes OTLP over HTTP, mostly port 4318`,
    `المتوقع ${PROTOCOL}، وهو البروتوكول الوحيد المدعوم، والموجود ${quoteValueArabic(value)}: احذف المتغير، واذكر العنوان الذي يستقبل فيه المجمّع OTLP عبر HTTP، وهو غالبًا المنفذ 4318`,
  );
}

function readResource(reader: EnvironmentReader, report: ConfigReport): Record<string, string> {
  const attributes = readPairs(reader, report, "OTEL_RESOURCE_ATTRIBUTES");
  const name = reader.text("OTEL_SERVICE_NAME") ?? attributes["service.name"] ?? DEFAULT_SERVICE;
  return { ...attributes, "service.name": name };
}

const SAMPLERS = [
  "always_on",
  "always_off",
  "traceidratio",
  "parentbased_always_on",
  "parentbased_always_off",
  "parentbased_traceidratio",
] as const;

function readSampler(reader: EnvironmentReader, report: ConfigReport): SamplerConfig {
  const name = readChoice(reader, report, "OTEL_TRACES_SAMPLER", SAMPLERS) ?? "parentbased_always_on";
  const isParentBased = name.startsWith("parentbased_");
  if (name.endsWith("always_on")) return { isParentBased, ratio: 1 };
  if (name.endsWith("always_off")) return { isParentBased, ratio: 0 };
  return { isParentBased, ratio: readRatio(reader, report) };
}

function readRatio(reader: EnvironmentReader, report: ConfigReport): number {
  const name = "OTEL_TRACES_SAMPLER_ARG";
  const value = reader.text(name) ?? "1";
  const ratio = Number(value);
  if (ratio >= 0 && ratio <= 1) return ratio;
  report.error(
    name,
    `Expected a number from 0 to 1, found ${quoteValue(value)}`,
    `المتوقع عدد من 0 إلى 1، والموجود ${quoteValueArabic(value)}`,
  );
  return 1;
}

function readChoice<const Choice extends string>(
  reader: EnvironmentReader,
  report: ConfigReport,
  name: string,
  choices: readonly Choice[],
): Choice | undefined {
  const value = reader.text(name);
  if (value === undefined) return undefined;
  const choice = choices.find((one) => one === value.toLowerCase());
  if (choice === undefined) {
    report.error(
      name,
      `Expected ${choices.join(" or ")}, found ${quoteValue(value)}`,
      `المتوقع ${choices.join(" أو ")}، والموجود ${quoteValueArabic(value)}`,
    );
  }
  return choice;
}

/** `name=value,name=value`, percent-encoded; a message never repeats a value, which may be a key. */
function readPairs(reader: EnvironmentReader, report: ConfigReport, name: string): Record<string, string> {
  const pairs: Record<string, string> = {};
  for (const part of reader.text(name)?.split(",") ?? []) {
    if (part.trim() === "") continue;
    const [, key, value] = /^\s*([^\s=]+)\s*=\s*(.*?)\s*$/.exec(part) ?? [];
    const decoded = value === undefined ? undefined : decode(value);
    if (key === undefined || decoded === undefined) {
      report.error(
        name,
        "Expected a list such as 'name=value,other=value', percent-encoded, found another text",
        "المتوقع قائمة مثل 'name=value,other=value' بترميز النسبة المئوية، والموجود نص آخر",
      );
      return {};
    }
    pairs[key] = decoded;
  }
  return pairs;
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
