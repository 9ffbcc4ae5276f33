import { expect, test } from "vitest";
import { FailureError } from "./mod.ts";
import { setStage } from "./testing/stage.ts";

test("providers.armDrill() arms the fault on the provider that it names, and disarmDrill() ends it", async () => {
  const { server, client } = await setStage();
  const fault = { fault: "cut", afterChars: 12, calls: 2 } as const;
  expect(await client.providers.armDrill("trial", fault)).toMatchObject({ provider: "trial", armed: fault });
  expect(server.drills.get("trial")).toEqual(fault);
  expect(await client.providers.drills()).toEqual([
    { provider: "mock", isTrial: true, isAllowed: true },
    { provider: "trial", isTrial: true, isAllowed: true, armed: fault },
  ]);
  expect(await client.providers.disarmDrill("trial")).not.toHaveProperty("armed");
  expect(server.drills.get("trial")).toBeUndefined();
});

test("providers.armDrill() throws what the server refuses", async () => {
  const { client } = await setStage();
  const error = await client.providers.armDrill("real", { fault: "silence" }).catch((cause) => cause);
  expect(error).toBeInstanceOf(FailureError);
  expect(error).toMatchObject({ code: "forbidden", status: 403 });
});

test("metrics.counters() and metrics.breakers() give what the server measures of itself", async () => {
  const { client } = await setStage();
  await client.ask("Why?");
  expect(await client.metrics.counters()).toEqual({ started: 1, finished: 1 });
  expect(await client.metrics.breakers()).toEqual([{ provider: "mock", model: "mock", state: "open", since: 1 }]);
});

test("providers.test() and resetBreaker() name the target that is meant", async () => {
  const { client } = await setStage();
  expect(await client.providers.test({ provider: "trial", model: "m" })).toMatchObject({
    isOk: true,
    text: "from trial",
  });
  await client.providers.resetBreaker("trial");
  await expect(client.providers.resetBreaker("real")).rejects.toMatchObject({ code: "forbidden" });
});

test("settings.saveRoute() gives what is wrong as its result, and audit.list() goes on at its cursor", async () => {
  const { client } = await setStage();
  expect(await client.settings.saveRoute({ route: "default", after: 3, settings: {} })).toEqual({
    isSaved: true,
    version: 4,
  });
  expect(await client.settings.saveRoute({ route: "default", after: 3, settings: null })).toMatchObject({
    isSaved: false,
    problems: [{ path: "" }],
  });
  expect(await client.settings.routeHistory("quick")).toMatchObject([{ principalName: "quick" }]);
  expect((await client.audit.list()).entries).toMatchObject([{ id: 9 }]);
  expect((await client.audit.list({ cursor: 5 })).entries).toMatchObject([{ id: 4 }]);
});
