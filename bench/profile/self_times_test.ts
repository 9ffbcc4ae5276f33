import assert from "node:assert/strict";
import { test } from "node:test";
import { kindOf, timesByKind } from "./kinds.ts";
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

test("timesByKind() counts native work for SQLite, for the sockets, or for whoever called it", () => {
  const storage = "file:///x/apps/server/src/storage/sqlite_journal.ts";
  const nodes = [
    { id: 1, callFrame: frame("(root)", ""), children: [2, 5, 6] },
    { id: 2, callFrame: frame("append", storage), children: [3, 4] },
    { id: 3, callFrame: frame("run", "") },
    { id: 4, callFrame: frame("stringify", "") },
    { id: 5, callFrame: frame("writeUtf8String", "") },
    { id: 6, callFrame: frame("(idle)", "") },
  ];
  const times = timesByKind({ nodes, samples: [3, 4, 2, 5, 6], timeDeltas: [4_000, 1_000, 1_000, 2_000, 9_000] });
  assert.deepEqual(times, [
    { name: "SQLite", selfMs: 4, share: 0.5 },
    { name: "statements and rows around SQLite", selfMs: 2, share: 0.25 },
    { name: "writing to sockets", selfMs: 2, share: 0.25 },
  ]);
});

test("kindOf() tells what code is for by where it stands", () => {
  const kinds = [
    ["file:///x/packages/core/engine/race.ts", "the engine: attempts, limits, events, cursors"],
    ["file:///x/apps/server/src/doors/openai/stream.ts", "the doors, sign-in and limits"],
    ["node:_http_server", "Node's HTTP"],
    ["node:internal/streams/writable", "Node's sockets and streams"],
    ["node:internal/timers", "Node's promises, timers, events and abort signals"],
    ["file:///x/node_modules/zod/v4/core.js", "the rest"],
  ] as const;
  for (const [url, kind] of kinds) assert.equal(kindOf([frame("run", url)]), kind);
});
