import { expect, test } from "vitest";
import { maskRedisUrl, parseRedisUrl } from "./redis_url.ts";

test("parseRedisUrl() reads one server, with and without all that is optional", () => {
  expect(parseRedisUrl("redis://cache")).toMatchObject({
    kind: "single",
    hosts: [{ host: "cache", port: 6379 }],
    isTls: false,
    username: undefined,
    password: undefined,
    database: 0,
  });
  expect(parseRedisUrl("rediss://me:p%40ss%2Fword@[::1]:7000/3")).toMatchObject({
    hosts: [{ host: "::1", port: 7000 }],
    isTls: true,
    username: "me",
    password: "p@ss/word",
    database: 3,
    shown: "rediss://me:***@[::1]:7000/3",
  });
  expect(parseRedisUrl("valkey://:secret@cache")).toMatchObject({ username: undefined, password: "secret" });
});

test("parseRedisUrl() reads the Sentinels of a master, and nodes of a Cluster", () => {
  expect(parseRedisUrl("redis+sentinel://:pw@one,two:26380/1?master=main&sentinelPassword=other")).toMatchObject({
    kind: "sentinel",
    hosts: [
      { host: "one", port: 26379 },
      { host: "two", port: 26380 },
    ],
    master: "main",
    password: "pw",
    sentinelPassword: "other",
    database: 1,
    shown: "redis+sentinel://:***@one,two:26380/1?master=main&sentinelPassword=***",
  });
  expect(parseRedisUrl("rediss+cluster://one:7000,two:7001")).toMatchObject({
    kind: "cluster",
    isTls: true,
    hosts: [
      { host: "one", port: 7000 },
      { host: "two", port: 7001 },
    ],
  });
});

test.each([
  ["", "nothing"],
  ["cache:6379", "no scheme"],
  ["http://cache", "another scheme"],
  ["redis://", "no host"],
  ["redis://one,two", "two servers"],
  ["redis://cache:99999", "a port that can't be"],
  ["redis://cache/name", "a database that is no number"],
  ["redis://secret@cache", "a password without its colon"],
  ["redis://:50%@cache", "a password that is not encoded"],
  ["redis://cache?master=main", "a parameter of another form"],
  ["redis+sentinel://one,two", "no master"],
  ["redis+cluster://one/2", "a database of a Cluster"],
])("parseRedisUrl() refuses %j: %s", (url) => {
  expect(() => parseRedisUrl(url)).toThrow(expect.objectContaining({ reason: "bad-url" }));
});

test("maskRedisUrl() shows no password, whatever stands in it", () => {
  for (const url of [
    "redis://:se:cret@x",
    "redis://me:secret@two@x/2",
    "redis://:se/cret@x",
    "redis+sentinel://x?sentinelPassword=secret",
  ]) {
    expect(maskRedisUrl(url)).not.toMatch(/cret/);
  }
});
