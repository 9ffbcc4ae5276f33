import assert from "node:assert/strict";
import { test } from "node:test";
import { functionOf, ownerOf, selfTimes } from "./self_times.ts";

const frame = (functionName: string, url: string) => ({ functionName, url, lineNumber: 9 });

test("selfTimes() adds up samples by name and leaves idleness out", () => {
  const nodes = [
    { id: 1, callFrame: frame("(idle)", "") },
    { id: 2, callFrame: frame("one", "file:///a/b/c/d.ts") },
    { id: 3, callFrame: frame("two", "") },
  ];
  const times = selfTimes({ nodes, samples: [1, 2, 3, 2], timeDeltas: [500, 1_000, 1_000, 2_000] }, functionOf);
  assert.deepEqual(times, [
    { name: "one b/c/d.ts:10", selfMs: 3, share: 0.75 },
    { name: "two", selfMs: 1, share: 0.25 },
  ]);
});

test("ownerOf() names the package, the folder or the part of Node", () => {
  const owners = [
    ["file:///x/node_modules/@trpc/server/dist/a.mjs", "@trpc/server"],
    ["file:///x/node_modules/kysely/dist/a.js", "kysely"],
    ["file:///x/packages/core/engine/attempt.ts", "core/engine"],
    ["file:///x/apps/server/src/storage/database.ts", "server/storage"],
    ["node:internal/process/task_queues", "node:internal/process"],
    ["node:_http_server", "node:_http_server"],
    ["", "native"],
  ] as const;
  for (const [url, owner] of owners) assert.equal(ownerOf(frame("run", url)), owner);
  assert.equal(ownerOf(frame("(garbage collector)", "")), "(garbage collector)");
});
