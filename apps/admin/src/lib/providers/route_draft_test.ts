import { expect, test } from "vitest";
import type { RouteSetup } from "#lib/api/administration_api.ts";
import { RouteDraft } from "./route_draft.svelte.ts";

const values = {
  targets: [
    { provider: "a", model: "1" },
    { provider: "b", model: "2" },
    { provider: "c", model: "3" },
  ],
  timeouts: { connectMs: 1, firstTokenMs: 2, idleMs: 3, totalMs: 4 },
  maxRetries: 2,
  hedgeAfterMs: null,
  onCut: "continue" as const,
};
const SETUP = { route: "default", values, configured: values, version: 0 } as unknown as RouteSetup;
const providersOf = (draft: RouteDraft) => draft.targets.map(({ provider }) => provider);

test("RouteDraft moves, adds and removes targets, and forgets what was wrong at the old places", () => {
  const draft = new RouteDraft(SETUP);
  draft.problems = [{ path: "targets[0].model", message: { en: "x", ar: "x" } }];
  draft.move(2, 0);
  expect(providersOf(draft)).toEqual(["c", "a", "b"]);
  expect(draft.problemAt("targets[0].model")).toBeUndefined();
  draft.remove(1);
  draft.add("d", "4");
  expect(providersOf(draft)).toEqual(["c", "b", "d"]);
});

test("RouteDraft.settings() leaves out what is empty, reads Arabic digits, and hands on what is no number", () => {
  const draft = new RouteDraft(SETUP);
  expect(draft.settings()).toEqual({ targets: values.targets });
  draft.numbers["timeouts.idleMs"] = "٩٠٠٠";
  draft.numbers.maxRetries = " 0 ";
  draft.numbers.hedgeAfterMs = "soon";
  draft.onCut = "fail";
  expect(draft.settings()).toEqual({
    targets: values.targets,
    timeouts: { idleMs: 9000 },
    maxRetries: 0,
    hedgeAfterMs: "soon",
    onCut: "fail",
  });
});

test("RouteDraft begins with what the console set, not with what is in force", () => {
  const settings = { targets: [{ provider: "b", model: "2" }], timeouts: { totalMs: 9 }, hedgeAfterMs: null };
  const draft = new RouteDraft({ ...SETUP, settings } as unknown as RouteSetup);
  expect(draft.settings()).toEqual({ targets: settings.targets, timeouts: { totalMs: 9 } });
});
