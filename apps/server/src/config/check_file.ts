import { checkProvider, hasOwnModel } from "./check_provider.ts";
import type { ConfigReport } from "./config_error.ts";
import { quoteValue, quoteValueArabic } from "./config_error.ts";
import { ENVIRONMENT_PROVIDERS, hasEnvironmentModel, isEnvironmentProvider } from "./environment_providers.ts";
import { formatPath, suggestion, valueAt } from "./file_problems.ts";

interface CheckOptions {
  /** Whether the environment sets up a provider named `mock`. */
  hasMock: boolean;
  defaultModel: string | undefined;
  /** The total limit of a route that sets none. */
  totalMs: number;
}

/**
 * Checks what fields say of one another, on data that may still be wrong elsewhere, so that these errors are told together with the schema's.
 */
export function checkFile(raw: unknown, options: CheckOptions, report: ConfigReport): void {
  for (const [name, provider] of entries(raw, "providers")) {
    checkProvider(name, provider, report);
    checkModel(name, provider, raw, options, report);
  }
  for (const [name, route] of entries(raw, "routes")) {
    checkTargets(name, route, raw, options, report);
    checkTimeouts(name, route, options, report);
  }
}

/** A provider that the default route tries, as there is none of the file's own, must have a model. */
function checkModel(name: string, provider: unknown, raw: unknown, options: CheckOptions, report: ConfigReport) {
  const isInDefault = valueAt(raw, ["routes", "default"]) === undefined;
  if (!isInDefault || name === "mock" || hasOwnModel(name, provider, options.defaultModel)) return;
  const field = valueAt(provider, ["dialect"]) === "ai-sdk" ? "defaultModel" : "model";
  report.error(
    `${formatPath(["providers", name])}.${field}`,
    "Expected a model here, or DEFAULT_AI_MODEL, or a route named 'default', found none of them",
    "المتوقع نموذج هنا، أو DEFAULT_AI_MODEL، أو مسار باسم 'default'، ولا شيء منها موجود",
  );
}

function checkTargets(name: string, route: unknown, raw: unknown, options: CheckOptions, report: ConfigReport) {
  const targets = valueAt(route, ["targets"]);
  if (!Array.isArray(targets)) return;
  const defined = entries(raw, "providers").map(([provider]) => provider);
  const known = [...defined, ...ENVIRONMENT_PROVIDERS, ...(options.hasMock ? ["mock"] : [])];
  for (const [index, target] of targets.entries()) {
    const provider = valueAt(target, ["provider"]);
    if (typeof provider !== "string") continue;
    const path = formatPath(["routes", name, "targets", index]);
    if (!known.includes(provider)) {
      reportUnknownProvider(`${path}.provider`, provider, [...new Set(known)], report);
    } else if (valueAt(target, ["model"]) === undefined && !hasModel(provider, raw, options)) {
      report.error(
        `${path}.model`,
        `Expected a model, as the provider ${quoteValue(provider)} has none of its own`,
        `المتوقع نموذج، إذ لا نموذج للمزود ${quoteValueArabic(provider)}`,
      );
    }
  }
}

function reportUnknownProvider(path: string, provider: string, known: string[], report: ConfigReport) {
  if (provider === "mock") {
    report.error(
      path,
      "Expected a provider that is defined: 'mock' needs ALLOW_MOCK_LLM=true, or a provider with the dialect 'mock'",
      "المتوقع مزود معرّف: يحتاج 'mock' إلى ALLOW_MOCK_LLM=true أو إلى مزود لهجته 'mock'",
    );
    return;
  }
  const hint = suggestion(provider, known);
  report.error(
    path,
    `Expected the name of a provider, found ${quoteValue(provider)}: ${hint.en}`,
    `المتوقع اسم مزود، والموجود ${quoteValueArabic(provider)}: ${hint.ar}`,
  );
}

function hasModel(provider: string, raw: unknown, { defaultModel }: CheckOptions): boolean {
  const definition = valueAt(raw, ["providers", provider]);
  if (definition !== undefined) return hasOwnModel(provider, definition, defaultModel);
  if (provider === "mock") return true;
  return isEnvironmentProvider(provider) && hasEnvironmentModel(provider, defaultModel);
}

/** No limit of a route may be longer than its total one. */
export function checkTimeouts(
  name: string,
  route: unknown,
  options: Pick<CheckOptions, "totalMs">,
  report: ConfigReport,
): void {
  const given = valueAt(route, ["timeouts", "totalMs"]);
  const totalMs = typeof given === "number" ? given : options.totalMs;
  for (const field of [
    ["timeouts", "connectMs"],
    ["timeouts", "firstTokenMs"],
    ["timeouts", "idleMs"],
    ["hedgeAfterMs"],
  ]) {
    const value = valueAt(route, field);
    if (typeof value !== "number" || value <= totalMs) continue;
    report.error(
      formatPath(["routes", name, ...field]),
      `Expected at most the total limit of ${totalMs} ms, found ${value}`,
      `المتوقع الحد الكلي ${totalMs} ms على الأكثر، والموجود ${value}`,
    );
  }
}

function entries(raw: unknown, field: string): [string, unknown][] {
  const value = valueAt(raw, [field]);
  return typeof value === "object" && value !== null && !Array.isArray(value) ? Object.entries(value) : [];
}
