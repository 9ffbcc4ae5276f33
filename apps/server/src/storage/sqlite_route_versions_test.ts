import { expect, test } from "vitest";
import { openStorage } from "./mod.ts";
import { tempFolder } from "./temp_folder.ts";

const version = (route: string, settings: unknown) => ({
  route,
  at: 5,
  principal: "user:1",
  principalName: "سلمى",
  settings,
});

test("KyselyRouteVersions gives the newest of each route, and all of one, also after a restart", async () => {
  await using folder = await tempFolder();
  const storage = await openStorage({ directory: folder.path });
  const first = await storage.routeVersions.add(version("default", { maxRetries: 1 }), 0);
  await storage.routeVersions.add(version("quick", { maxRetries: 2 }), 0);
  await storage.routeVersions.add({ ...version("default", null), restored: first?.version ?? 0 }, first?.version ?? 0);
  await storage.close();

  const again = await openStorage({ directory: folder.path });
  expect(await again.routeVersions.latest()).toEqual([
    { version: 3, ...version("default", null), restored: 1 },
    { version: 2, ...version("quick", { maxRetries: 2 }) },
  ]);
  expect((await again.routeVersions.of("default")).map(({ version }) => version)).toEqual([3, 1]);
  expect(await again.routeVersions.of("nobody")).toEqual([]);
  await again.close();
});

test("KyselyRouteVersions.add() lets the first of two who start from the same version win", async () => {
  await using folder = await tempFolder();
  const storage = await openStorage({ directory: folder.path });
  const both = await Promise.all([
    storage.routeVersions.add(version("default", { maxRetries: 1 }), 0),
    storage.routeVersions.add(version("default", { maxRetries: 2 }), 0),
  ]);
  expect(both.filter((one) => one !== undefined)).toHaveLength(1);
  expect(await storage.routeVersions.of("default")).toHaveLength(1);
  await storage.close();
});
