import type { ConfigReport } from "./config_error.ts";
import { quoteValue, quoteValueArabic } from "./config_error.ts";
import type { EnvironmentReader } from "./environment_reader.ts";
import { Secret } from "./secret.ts";
import type { SharedConfig } from "./shared.ts";
import { DURABILITIES } from "./shared.ts";

/** Reads `DATABASE_URL`, `REDIS_URL` and `COGNIFORGE_REDIS_DURABILITY`; one address without the other is a mistake. */
export function readShared(reader: EnvironmentReader, report: ConfigReport): SharedConfig | undefined {
  const databaseUrl = reader.realText("DATABASE_URL");
  const redisUrl = reader.realText("REDIS_URL");
  const durability = readDurability(reader, report);
  if (databaseUrl === undefined && redisUrl === undefined) return undefined;
  // The earlier system had one of its own, of any kind.
  if (databaseUrl !== undefined && redisUrl === undefined && !/^postgres(ql)?:/i.test(databaseUrl)) {
    report.notice(
      "DATABASE_URL is ignored: it names no PostgreSQL, and everything is kept in COGNIFORGE_DATA_DIR",
      "يُتجاهل DATABASE_URL: لا يشير إلى PostgreSQL، ويُحفظ كل شيء في COGNIFORGE_DATA_DIR",
    );
    return undefined;
  }
  if (databaseUrl !== undefined && redisUrl !== undefined) {
    return {
      databaseUrl: new Secret(databaseUrl, "password"),
      redisUrl: new Secret(redisUrl, "password"),
      durability,
    };
  }
  const [missing, given] = databaseUrl === undefined ? ["DATABASE_URL", "REDIS_URL"] : ["REDIS_URL", "DATABASE_URL"];
  report.error(
    missing,
    `Many replicas need PostgreSQL and Redis together: set ${missing} too, or remove ${given} to keep everything in COGNIFORGE_DATA_DIR`,
    `تحتاج النسخ المتعددة إلى PostgreSQL و Redis معًا: اضبط ${missing} أيضًا، أو احذف ${given} ليُحفظ كل شيء في COGNIFORGE_DATA_DIR`,
  );
  return undefined;
}

function readDurability(reader: EnvironmentReader, report: ConfigReport): SharedConfig["durability"] {
  const value = reader.text("COGNIFORGE_REDIS_DURABILITY") ?? "memory";
  const found = DURABILITIES.find((one) => one === value);
  if (found !== undefined) return found;
  report.error(
    "COGNIFORGE_REDIS_DURABILITY",
    `Expected memory, aof or replica, found ${quoteValue(value)}`,
    `المتوقع memory أو aof أو replica، والموجود ${quoteValueArabic(value)}`,
  );
  return "memory";
}
