import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import type { ConfigFile } from "../src/config/file_schema.ts";
import { tempFolder } from "../src/storage/temp_folder.ts";
import { signInMember } from "./_member.ts";
import { startServer, type TestServer } from "./_server.ts";
import { type Client, overHttp, textOf, watch } from "./_trpc_client.ts";
import { chatStream, EVENT_STREAM, STOP, startUpstream } from "./_upstream.ts";

vi.setConfig({ testTimeout: 30_000 });

const CONFIG: ConfigFile = {
  providers: {
    first: { dialect: "mock", text: "from first", paceMs: 0, model: "m" },
    second: { dialect: "mock", text: "from second", paceMs: 0, model: "m" },
  },
  routes: { fixed: { targets: [{ provider: "first" }] } },
};
const SECOND_FIRST = {
  targets: [
    { provider: "second", model: "m" },
    { provider: "first", model: "m" },
  ],
};

async function answerOf(server: TestServer, route = "default"): Promise<string> {
  const client = overHttp(server.url);
  const { answerId } = await client.answers.start.mutate({ question: "?", route });
  return textOf(await watch(client, { answerId }).done);
}

test("settings.saveRoute takes effect with the next answer, outlives a restart, and can be undone", async () => {
  await using folder = await tempFolder();
  const directory = folder.path;
  {
    await using server = await startServer({ directory, config: CONFIG });
    const client = overHttp(server.url);
    expect(await answerOf(server)).toBe("from first");
    expect(await client.settings.saveRoute.mutate({ route: "default", after: 0, settings: SECOND_FIRST })).toEqual({
      isSaved: true,
      version: 1,
    });
    expect(await answerOf(server)).toBe("from second");
    expect((await client.providers.list.query())[0]?.targets.map(({ provider }) => provider)).toEqual([
      "second",
      "first",
    ]);
  }
  await using server = await startServer({ directory });
  const client = overHttp(server.url);
  expect(await answerOf(server)).toBe("from second");
  await client.settings.saveRoute.mutate({
    route: "default",
    after: 1,
    settings: { ...SECOND_FIRST, maxRetries: 0, hedgeAfterMs: 900 },
  });
  expect(await client.settings.restoreRoute.mutate({ route: "default", after: 2, version: 0 })).toMatchObject({
    isSaved: true,
    version: 3,
  });
  expect(await answerOf(server)).toBe("from first");
  const history = await client.settings.routeHistory.query({ route: "default" });
  expect(history.map(({ version, changes, isReset, restored }) => ({ version, changes, isReset, restored }))).toEqual([
    {
      version: 3,
      restored: 0,
      isReset: true,
      changes: [
        { field: "targets", from: ["second/m", "first/m"] },
        { field: "maxRetries", from: 0 },
        { field: "hedgeAfterMs", from: 900 },
      ],
    },
    {
      version: 2,
      isReset: false,
      changes: [
        { field: "maxRetries", to: 0 },
        { field: "hedgeAfterMs", to: 900 },
      ],
    },
    { version: 1, isReset: false, changes: [{ field: "targets", to: ["second/m", "first/m"] }] },
  ]);
  expect(history[0]).toMatchObject({ principal: "key:bootstrap", principalName: "COGNIFORGE_API_KEY" });
  await client.settings.restoreRoute.mutate({ route: "default", after: 3, version: 2 });
  expect((await client.settings.routes.query())[0]).toMatchObject({
    route: "default",
    version: 4,
    values: { maxRetries: 0, hedgeAfterMs: 900 },
    configured: { maxRetries: 2, hedgeAfterMs: null },
    origin: { route: "environment", values: { maxRetries: "console", onCut: "default" } },
  });
  const { entries } = await client.audit.list.query();
  expect(entries.map(({ action, object }) => `${action} ${object}`)).toEqual([
    "route-restored default",
    "route-restored default",
    "route-changed default",
    "route-changed default",
  ]);
});

test("a change of a route leaves a running answer on its own, and drills armed", async () => {
  const goOn = Promise.withResolvers<void>();
  const began = Promise.withResolvers<void>();
  await using upstream = await startUpstream(() => ({
    headers: EVENT_STREAM,
    pieces: (async function* () {
      const [first = "", ...rest] = chatStream("one ", "two", STOP);
      yield first;
      began.resolve();
      await goOn.promise;
      yield* rest;
    })(),
  }));
  const config: ConfigFile = {
    providers: {
      real: { dialect: "openai-chat", baseUrl: `${upstream.url}/v1`, model: "m" },
      spare: { dialect: "mock", text: "spare", paceMs: 0, model: "m" },
    },
  };
  await using server = await startServer({ config });
  const client = overHttp(server.url);
  await client.providers.armDrill.mutate({ provider: "spare", fault: { fault: "server-error", calls: 9 } });
  const { answerId } = await client.answers.start.mutate({ question: "?" });
  await began.promise;
  const settings = { targets: [{ provider: "spare", model: "m" }] };
  await client.settings.saveRoute.mutate({ route: "default", after: 0, settings });
  goOn.resolve();
  expect(textOf(await watch(client, { answerId }).done)).toBe("one two");
  expect((await client.providers.drills.query()).map(({ armed }) => armed?.fault)).toEqual([undefined, "server-error"]);
});

test("settings.saveRoute refuses what is wrong at its fields, and what was changed by somebody else", async () => {
  await using server = await startServer({ config: CONFIG });
  const client = overHttp(server.url);
  const save = (after: number, settings: unknown) =>
    client.settings.saveRoute.mutate({ route: "default", after, settings });
  const refused = await save(0, { targets: [{ provider: "frist", model: "m" }], maxRetries: 99 });
  expect(refused).toMatchObject({
    isSaved: false,
    problems: [
      { path: "maxRetries", message: { en: "Expected at most 20, found 99", ar: expect.stringContaining("20") } },
      { path: "targets[0].provider", message: { en: expect.stringContaining("did you mean 'first'?") } },
    ],
  });
  expect(await answerOf(server)).toBe("from first");
  await save(0, SECOND_FIRST);
  expect(await save(0, SECOND_FIRST)).toMatchObject({ isSaved: false, problems: [{ path: "" }] });
  expect(await client.settings.routeHistory.query({ route: "default" })).toHaveLength(1);
});

test("a route of the file is the file's: the console shows it and changes nothing", async () => {
  await using server = await startServer({ config: CONFIG });
  const client = overHttp(server.url);
  const setups = await client.settings.routes.query();
  expect(setups.map(({ route, readOnly }) => [route, readOnly])).toEqual([
    ["default", undefined],
    ["fixed", { reason: "file", file: "cogniforge.config.json" }],
  ]);
  for (const refused of [
    () => client.settings.saveRoute.mutate({ route: "fixed", after: 0, settings: SECOND_FIRST }),
    () => client.settings.resetRoute.mutate({ route: "fixed", after: 0 }),
    () => client.settings.restoreRoute.mutate({ route: "fixed", after: 0, version: 0 }),
  ]) {
    await expect(refused()).rejects.toMatchObject({
      data: {
        httpStatus: 403,
        failure: { code: "forbidden", message: { en: expect.stringContaining("cogniforge.config.json") } },
      },
    });
  }

  // The file takes a route over that the console had changed, and gives it back.
  await client.settings.saveRoute.mutate({ route: "default", after: 0, settings: SECOND_FIRST });
  const routes = { ...CONFIG.routes, default: { targets: [{ provider: "first" }] } };
  const file = join(server.directory, "cogniforge.config.json");
  await writeFile(file, JSON.stringify({ ...CONFIG, routes }));
  const isReadOnly = async () => (await client.settings.routes.query())[0]?.readOnly !== undefined;
  await vi.waitFor(async () => expect(await isReadOnly()).toBe(true), { interval: 50, timeout: 10_000 });
  expect(await answerOf(server)).toBe("from first");
  await writeFile(file, JSON.stringify(CONFIG));
  await vi.waitFor(async () => expect(await isReadOnly()).toBe(false), { interval: 50, timeout: 10_000 });
  expect(await answerOf(server)).toBe("from second");
});

test("a route of the console's own answers under its name until it is taken back", async () => {
  await using server = await startServer({ config: CONFIG });
  const client = overHttp(server.url);
  await client.settings.saveRoute.mutate({ route: "quick", after: 0, settings: SECOND_FIRST });
  expect(await answerOf(server, "quick")).toBe("from second");
  expect(await client.settings.resetRoute.mutate({ route: "quick", after: 1 })).toMatchObject({ isSaved: true });
  await expect(answerOf(server, "quick")).rejects.toMatchObject({ data: { failure: { code: "route-not-found" } } });
  expect((await client.settings.routes.query()).map(({ route }) => route)).toEqual(["default", "fixed"]);
});

test("nobody but an administrator reads or changes routes, tests targets, resets breakers, or reads who changed what", async () => {
  await using server = await startServer({ config: CONFIG, hasAdministrator: true });
  const cookie = await signInMember(server);
  const member = overHttp(server.url, { cookie, origin: server.url });
  const calls: ((client: Client) => Promise<unknown>)[] = [
    (client) => client.settings.routes.query(),
    (client) => client.settings.routeHistory.query({ route: "default" }),
    (client) => client.settings.saveRoute.mutate({ route: "default", after: 0, settings: SECOND_FIRST }),
    (client) => client.settings.resetRoute.mutate({ route: "default", after: 0 }),
    (client) => client.settings.restoreRoute.mutate({ route: "default", after: 0, version: 0 }),
    (client) => client.providers.test.mutate({ provider: "first", model: "m" }),
    (client) => client.providers.resetBreaker.mutate({ provider: "first" }),
    (client) => client.audit.list.query(),
  ];
  for (const call of calls) {
    await expect(call(member)).rejects.toMatchObject({ data: { httpStatus: 403 } });
    await expect(call(overHttp(server.url, {}))).rejects.toMatchObject({ data: { httpStatus: 401 } });
  }
  expect(await answerOf(server)).toBe("from first");
  const { entries } = await overHttp(server.url).audit.list.query();
  expect(entries.map(({ action }) => action)).toEqual(["user-made"]);
});
