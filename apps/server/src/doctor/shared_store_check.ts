import type { Bilingual } from "@cogniforge/core/events";
import type { Config } from "../config/mod.ts";
import { RedisConnection } from "../redis/mod.ts";
import { openPostgresStorage } from "../storage/postgres/mod.ts";
import type { CheckResult } from "./check.ts";
import { say } from "./check.ts";

type Shared = NonNullable<Config["shared"]>;

/** PostgreSQL and Redis, each opened and written as the server does. */
export async function* checkSharedStores({ databaseUrl, redisUrl, durability }: Shared): AsyncGenerator<CheckResult> {
  yield await check("store.postgresql", "PostgreSQL", () =>
    openPostgresStorage({ url: databaseUrl.reveal(), connections: 2 }),
  );
  yield await check("store.redis", "Redis", () => RedisConnection.open(redisUrl.reveal(), { durability }));
}

interface Opened {
  isHealthy(): Promise<boolean>;
  close(): Promise<void>;
}

async function check(id: string, name: string, open: () => Promise<Opened>): Promise<CheckResult> {
  try {
    const opened = await open();
    const isHealthy = await opened.isHealthy();
    await opened.close();
    if (isHealthy) {
      return {
        id,
        status: "ok",
        message: say(`${name} is reached and can be written`, `يمكن الوصول إلى ${name} والكتابة فيه`),
      };
    }
    return {
      id,
      status: "error",
      message: say(`${name} is reached and cannot be written`, `يمكن الوصول إلى ${name} وتتعذّر الكتابة فيه`),
      remedy: say(
        `See the log of ${name}: a full disk or memory, or a missing permission`,
        `راجع سجل ${name}: قرص ممتلئ أو ذاكرة ممتلئة أو صلاحية ناقصة`,
      ),
    };
  } catch (error) {
    const text = (error as { text?: Bilingual }).text;
    if (text === undefined) throw error;
    return {
      id,
      status: "error",
      message: text,
      remedy: say(
        "Correct it; docs/scaling.md tells what the server needs",
        "صحّحه؛ وملف docs/scaling.md يشرح ما يحتاج إليه الخادم",
      ),
    };
  }
}
