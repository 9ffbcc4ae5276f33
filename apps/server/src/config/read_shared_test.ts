import { expect, test } from "vitest";
import { ConfigReport } from "./config_error.ts";
import { EnvironmentReader } from "./environment_reader.ts";
import { readShared } from "./read_shared.ts";

function read(environment: Record<string, string>) {
  const report = new ConfigReport();
  const shared = readShared(new EnvironmentReader(environment, report), report);
  return { shared, errors: report.errors.map(({ path }) => path), notices: report.notices };
}

const DATABASE_URL = "postgres://me:hush-hush@db/cogniforge";
const REDIS_URL = "redis://:hush-hush@cache";

test("readShared() takes both addresses or neither, and shows nothing of them", () => {
  expect(read({})).toEqual({ shared: undefined, errors: [], notices: [] });
  const { shared, errors } = read({ DATABASE_URL, REDIS_URL, COGNIFORGE_REDIS_DURABILITY: "aof" });
  expect(errors).toEqual([]);
  expect(shared?.databaseUrl.reveal()).toBe(DATABASE_URL);
  expect(shared?.durability).toBe("aof");
  expect(JSON.stringify(shared)).not.toMatch(/hush|db|cache/);
  expect(read({ DATABASE_URL }).errors).toEqual(["REDIS_URL"]);
  expect(read({ REDIS_URL }).errors).toEqual(["DATABASE_URL"]);
  expect(read({ DATABASE_URL, REDIS_URL, COGNIFORGE_REDIS_DURABILITY: "safe" }).errors).toEqual([
    "COGNIFORGE_REDIS_DURABILITY",
  ]);
});

test("readShared() ignores a database of another kind, and says so", () => {
  const { shared, errors, notices } = read({ DATABASE_URL: "sqlite:///app.db" });
  expect(shared).toBeUndefined();
  expect(errors).toEqual([]);
  expect(notices[0]?.en).toContain("DATABASE_URL is ignored");
});
