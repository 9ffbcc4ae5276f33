import { expect, test } from "vitest";
import { useOwnPostgres } from "../../../test/real_postgres.ts";
import { ForeignChanges } from "./foreign_changes.ts";

const postgres = await useOwnPostgres("the tests of hearing of changes from PostgreSQL");
const withPostgres = test.runIf(postgres !== undefined);
const server = postgres as NonNullable<typeof postgres>;
const SOON = { timeout: 15_000 };

withPostgres(
  "ForeignChanges listens anew when its connection fell silent or was ended, and takes that for a change",
  async () => {
    const applicationName = "cogniforge test";
    await using changes = await ForeignChanges.listen({ url: server.url, applicationName, pingEveryMs: 50 });
    const pidOf = async () =>
      Number(
        (await server.run(`SELECT pid FROM pg_stat_activity WHERE application_name = '${applicationName}'`))[0]?.pid,
      );
    expect(changes.take()).toBe(false);
    const silent = await pidOf();
    process.kill(silent, "SIGSTOP");
    try {
      await expect.poll(() => changes.take(), SOON).toBe(true);
    } finally {
      process.kill(silent, "SIGCONT");
    }
    await server.run(`SELECT pg_notify('cogniforge_changes', '${applicationName}')`);
    await server.run("SELECT pg_notify('cogniforge_changes', 'another')");
    await expect.poll(() => changes.take(), SOON).toBe(true);
    expect(changes.take()).toBe(false);
    await expect.poll(pidOf, SOON).not.toBe(silent);
    await server.run(`SELECT pg_terminate_backend(${await pidOf()})`);
    await expect.poll(() => changes.take(), SOON).toBe(true);
  },
);
