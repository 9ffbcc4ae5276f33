import { expect, test } from "vitest";
import { ConfigFolder, KEY } from "./_config_folder.ts";
import { checkRoute } from "./check_route.ts";
import { layerRoutes, readOnlyReason } from "./mod.ts";

const folder = new ConfigFolder();
const ENVIRONMENT = { OPENROUTER_API_KEY: KEY, ALLOW_MOCK_LLM: "true", LLM_MAX_RETRIES: "3" };
const MOCK = { targets: [{ provider: "mock", model: "mock" }] };

test("layerRoutes() lays what is set over a route, and says of each value who gives it", async () => {
  const config = await folder.load(ENVIRONMENT);
  const layered = layerRoutes(config, new Map([["default", { ...MOCK, timeouts: { totalMs: 9_000 }, onCut: "fail" }]]));
  expect(layered.routes.default).toEqual({
    name: "default",
    ...MOCK,
    timeouts: { connectMs: 9_000, firstTokenMs: 9_000, idleMs: 9_000, totalMs: 9_000 },
    maxRetries: 3,
    hedgeAfterMs: null,
    onCut: "fail",
  });
  expect(layered.routeOrigins.default).toEqual({
    route: "environment",
    values: {
      targets: "console",
      "timeouts.connectMs": "default",
      "timeouts.firstTokenMs": "default",
      "timeouts.idleMs": "default",
      "timeouts.totalMs": "console",
      maxRetries: "environment",
      hedgeAfterMs: "default",
      onCut: "console",
    },
  });
  expect(config.routes.default?.targets, "what was loaded stays").toHaveLength(2);
});

test("layerRoutes() lets the configuration hold while no set target can be asked", async () => {
  const settings = { targets: [{ provider: "openrouter", model: "m" }] };
  const config = await folder.load({ ALLOW_MOCK_LLM: "true" });
  expect(layerRoutes(config, new Map([["default", settings]]))).toBe(config);
  const withKey = await folder.load(ENVIRONMENT);
  expect(layerRoutes(withKey, new Map([["default", settings]])).routes.default?.targets).toEqual(settings.targets);
});

test("layerRoutes() takes a name that is new for a route with the default route's limits", async () => {
  const config = await folder.load(ENVIRONMENT);
  const layered = layerRoutes(config, new Map([["quick", { ...MOCK, hedgeAfterMs: 500 }]]));
  expect(layered.routes.quick).toMatchObject({ name: "quick", ...MOCK, maxRetries: 3, hedgeAfterMs: 500 });
  expect(layered.routes.default).toEqual(config.routes.default);
  expect(layered.routeOrigins.quick?.route).toBe("console");
});

test("layerRoutes() leaves a route of the file alone, and changes beside it what the file does not give", async () => {
  await folder.write("cogniforge.config.json", {
    providers: { local: { dialect: "mock", model: "m" } },
    routes: { careful: { targets: [{ provider: "local" }], maxRetries: 5 } },
  });
  const config = await folder.load(ENVIRONMENT);
  const layered = layerRoutes(
    config,
    new Map([
      ["careful", MOCK],
      ["default", MOCK],
    ]),
  );
  expect(layered.routes.careful).toEqual(config.routes.careful);
  expect(layered.routes.default?.targets).toEqual(MOCK.targets);
  expect([readOnlyReason(config, "careful"), readOnlyReason(config, "default")]).toEqual(["file", undefined]);
  expect(config.routeOrigins.careful?.values).toMatchObject({ targets: "file", maxRetries: "file", onCut: "default" });
});

test("layerRoutes() changes nothing while the mock is forced, and does not hedge in extreme mode", async () => {
  const forced = await folder.load({ ...ENVIRONMENT, LLM_FORCE_MOCK: "true" });
  expect(layerRoutes(forced, new Map([["default", MOCK]]))).toBe(forced);
  expect(readOnlyReason(forced, "default")).toBe("forced-mock");
  const extreme = await folder.load({ ...ENVIRONMENT, LLM_EXTREME_COMPLEXITY_MODE: "true" });
  const layered = layerRoutes(extreme, new Map([["default", { ...MOCK, hedgeAfterMs: 500 }]]));
  expect(layered.routes.default?.hedgeAfterMs).toBeNull();
  expect(layered.routeOrigins.default?.values["timeouts.idleMs"]).toBe("environment");
});

test("checkRoute() tells every mistake at its field, in both languages", async () => {
  const config = await folder.load(ENVIRONMENT);
  const checked = checkRoute(config, "default", {
    targets: [{ provider: "openruter", model: "m" }, { provider: "mock" }, { provider: "mock", model: " " }],
    timeouts: { connectMs: 0, idleMs: 200_000, total: 1 },
    maxRetries: 1.5,
    hedgeAfterMs: "soon",
    onCut: "stop",
  });
  if ("settings" in checked) throw new Error("Expected problems");
  expect(Object.fromEntries(checked.problems.map(({ path, message }) => [path, message.en]))).toEqual({
    "targets[0].provider": "Expected the name of a provider, found 'openruter': did you mean 'openrouter'?",
    "targets[1].model": "Expected the name of a model, found nothing",
    "targets[2].model": "Expected at least 1 characters, found 0",
    "timeouts.connectMs": "Expected at least 1, found 0",
    "timeouts.idleMs": "Expected at most the total limit of 180000 ms, found 200000",
    "timeouts.total": "Expected a known field, found 'total': did you mean 'totalMs'?",
    maxRetries: "Expected a whole number, found 1.5",
    hedgeAfterMs: "Expected a number, found 'soon'",
    onCut: "Expected 'continue' or 'fail', found 'stop'",
  });
  for (const { message } of checked.problems) expect(message.ar).toMatch(/[\u0600-\u06ff]/);
});

test("checkRoute() wants a name that routes can have, and at least one target", async () => {
  const config = await folder.load(ENVIRONMENT);
  const problemsOf = (name: string, raw: unknown) => {
    const checked = checkRoute(config, name, raw);
    return "problems" in checked ? checked.problems.map(({ path }) => path) : [];
  };
  expect(problemsOf("A/b", MOCK)).toEqual([""]);
  expect(problemsOf("quick", { targets: [] })).toEqual(["targets"]);
  expect(problemsOf("quick", null)).toEqual([""]);
  expect(problemsOf("quick", MOCK)).toEqual([]);
});
