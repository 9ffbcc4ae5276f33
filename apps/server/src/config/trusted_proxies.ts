import type { ConfigReport } from "./config_error.ts";
import { quoteValue, quoteValueArabic } from "./config_error.ts";
import type { EnvironmentReader } from "./environment_reader.ts";
import { isProxyName, LOOPBACK } from "./proxy_names.ts";

const NAME = "COGNIFORGE_TRUSTED_PROXIES";

/** Nobody, unless the operator says so; in a Codespace its own forwarder, which runs on the same machine. */
export function readTrustedProxies(reader: EnvironmentReader, report: ConfigReport): string[] {
  const value = reader.text(NAME) ?? (reader.isSet("CODESPACE_NAME") ? LOOPBACK : "none");
  if (value === "none") return [];
  const names = value.split(",").map((name) => name.trim());
  const wrong = names.find((name) => !isProxyName(name));
  if (wrong === undefined) return names;
  report.error(
    NAME,
    `Expected addresses or subnets such as 10.0.0.0/8, 'loopback' or 'none', separated by commas, found ${quoteValue(wrong)}`,
    `المتوقع عناوين أو شبكات مثل 10.0.0.0/8 أو loopback أو none مفصولة بفواصل، والموجود ${quoteValueArabic(wrong)}`,
  );
  return [];
}
