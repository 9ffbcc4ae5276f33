import { expect } from "vitest";
import type { StoreCase } from "./store_case.ts";

const version = (route: string, settings: unknown) => ({
  route,
  at: 5,
  principal: "user:1",
  principalName: "سلمى",
  settings,
});

/** What every store of the console's settings keeps: routes, the log of changes, what was sent of projects. */
export const CONSOLE_CASES: readonly StoreCase[] = [
  [
    "RouteVersions gives the newest of each route, and all of one, also after a restart",
    async (subject) => {
      const { storage } = subject;
      const first = await storage.routeVersions.add(version("default", { maxRetries: 1 }), 0);
      await storage.routeVersions.add(version("quick", { maxRetries: 2 }), 0);
      await storage.routeVersions.add(
        { ...version("default", null), restored: first?.version ?? 0 },
        first?.version ?? 0,
      );
      const again = await subject.reopen();
      expect(await again.routeVersions.latest()).toEqual([
        { version: 3, ...version("default", null), restored: 1 },
        { version: 2, ...version("quick", { maxRetries: 2 }) },
      ]);
      expect((await again.routeVersions.of("default")).map(({ version }) => version)).toEqual([3, 1]);
      expect(await again.routeVersions.of("nobody")).toEqual([]);
    },
  ],

  [
    "RouteVersions.add() lets the first of two who start from the same version win",
    async ({ storage }) => {
      const both = await Promise.all([
        storage.routeVersions.add(version("default", { maxRetries: 1 }), 0),
        storage.routeVersions.add(version("default", { maxRetries: 2 }), 0),
      ]);
      expect(both.filter((one) => one !== undefined)).toHaveLength(1);
      expect(await storage.routeVersions.of("default")).toHaveLength(1);
    },
  ],
  [
    "AuditLog gives the newest first, page by page, with ids that grow, also after a restart",
    async (subject) => {
      const entry = (object: string) => ({
        at: 7,
        principal: "user:1",
        principalName: "سلمى",
        action: "route-changed",
        object,
        detail: { list: [1, "ن\u0000"] },
      });
      for (const object of ["one", "two", "three"]) await subject.storage.auditLog.add(entry(object));
      const { auditLog } = await subject.reopen();
      await Promise.all(["four", "five"].map((object) => auditLog.add(entry(object))));
      const first = await auditLog.list({ limit: 3 });
      expect(first.entries.map(({ object }) => object).toSorted()).toEqual(["five", "four", "three"]);
      expect(first.entries[2]).toEqual({ id: expect.any(Number), ...entry("three") });
      const last = await auditLog.list({ limit: 3, cursor: first.nextCursor });
      expect(last.entries.map(({ object }) => object)).toEqual(["two", "one"]);
      expect(last).not.toHaveProperty("nextCursor");
      const ids = [...first.entries, ...last.entries].map(({ id }) => id);
      expect(ids).toEqual(ids.toSorted((a, b) => b - a));
      expect(new Set(ids).size).toBe(5);
    },
  ],
  [
    "ProjectContexts keeps the first that was sent with a question, tells of it with the turn, and forgets it with the conversation",
    async ({ storage }) => {
      const { conversations, projectContexts } = storage;
      const context = {
        project: "forge",
        version: "v1",
        text: "نص \u0000 code",
        sections: [{ path: "a.ts" }],
      } as never;
      await conversations.create("user:1", { id: "c", title: "t", at: 1 });
      await conversations.addTurn("c", { question: "?", answerId: "answer-1", askedAt: 2 });
      await projectContexts.put("answer-1", "c", context);
      await projectContexts.put("answer-1", "c", { ...(context as object), text: "other" } as never);
      expect(await projectContexts.get("answer-1")).toEqual(context);
      expect((await conversations.turns("c"))[0]?.project).toEqual({ name: "forge", version: "v1", length: 9 });
      await conversations.remove("user:1", "c", 3);
      await conversations.purge("c");
      expect(await projectContexts.get("answer-1")).toBeUndefined();
    },
  ],
];
