import { checkTimeouts } from "./check_file.ts";
import type { Config } from "./config.ts";
import type { ConfigProblem } from "./config_error.ts";
import { ConfigReport, quoteValue, quoteValueArabic } from "./config_error.ts";
import type { RouteSettings } from "./console_routes.ts";
import { baseRoute } from "./console_routes.ts";
import { formatPath, suggestion, valueAt } from "./file_problems.ts";
import { parseConfigFile } from "./parse_file.ts";

/** A route of the console that may be used, or everything that is wrong in it, each at its path within the route. */
export type CheckedRoute = { settings: RouteSettings } | { problems: ConfigProblem[] };

/**
 * Checks a route of the console by the schema of the configuration file, and against the providers that there are.
 *
 * Other than in the file a target must name its model, so that what is kept means the same when a default changes.
 */
export function checkRoute(config: Config, name: string, raw: unknown): CheckedRoute {
  const report = new ConfigReport();
  const file = { routes: { [name]: raw } };
  const parsed = parseConfigFile(file, report, name);
  checkTargets(config, name, raw, report);
  checkTimeouts(name, raw, { totalMs: baseRoute(config, name).timeouts.totalMs }, report);
  const settings = parsed?.routes?.[name];
  if (report.errors.length > 0 || settings === undefined) return { problems: within(name, report.errors) };
  const targets = settings.targets.map(({ provider, model = "" }) => ({ provider, model }));
  return { settings: { ...settings, targets } };
}

function checkTargets({ providers }: Config, name: string, route: unknown, report: ConfigReport): void {
  const targets = valueAt(route, ["targets"]);
  if (!Array.isArray(targets)) return;
  for (const [index, target] of targets.entries()) {
    const path = formatPath(["routes", name, "targets", index]);
    const provider = valueAt(target, ["provider"]);
    if (typeof provider === "string" && !Object.hasOwn(providers, provider)) {
      const hint = suggestion(provider, Object.keys(providers));
      report.error(
        `${path}.provider`,
        `Expected the name of a provider, found ${quoteValue(provider)}: ${hint.en}`,
        `المتوقع اسم مزود، والموجود ${quoteValueArabic(provider)}: ${hint.ar}`,
      );
    }
    if (valueAt(target, ["model"]) === undefined) {
      report.error(`${path}.model`, "Expected the name of a model, found nothing", "المتوقع اسم نموذج، ولا شيء موجود");
    }
  }
}

/** The problems with their paths within the route; of its name itself the path is empty. */
function within(name: string, problems: readonly ConfigProblem[]): ConfigProblem[] {
  const prefix = formatPath(["routes", name]);
  return problems.map(({ path, message }) => ({
    path: path.startsWith(prefix) ? path.slice(prefix.length).replace(/^\./, "") : path,
    message,
  }));
}
