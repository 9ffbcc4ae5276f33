import { expect, test } from "vitest";
import { tempFolder } from "../storage/temp_folder.ts";
import { ADMIN, startAuthServer } from "./_auth_server.ts";

test("createFirstAdmin() takes the printed code, however it is typed, and the account can sign in", async () => {
  await using folder = await tempFolder();
  await using server = await startAuthServer({ directory: folder.path });
  const { firstRun } = server;
  const code = await firstRun.code();
  expect(code).toMatch(/^[2-9A-HJKMNP-TW-Z]{4}-[2-9A-HJKMNP-TW-Z]{4}$/);
  expect(await firstRun.hasAdministrator()).toBe(false);
  await firstRun.createFirstAdmin({ ...ADMIN, code: ` ${code?.toLowerCase().replace("-", " ")} ` });
  expect(await firstRun.hasAdministrator()).toBe(true);
  expect(await firstRun.code()).toBeUndefined();
  expect((await server.signIn()).status).toBe(200);
});

test("createFirstAdmin() refuses a wrong code, and any code after five wrong ones until a minute is over", async () => {
  await using folder = await tempFolder();
  let now = 1000;
  await using server = await startAuthServer({ directory: folder.path, now: () => now });
  const { firstRun } = server;
  const code = (await firstRun.code()) ?? "";
  for (const wrong of ["", "AAAA-AAAA", code.slice(1), `${code}2`, "💥"]) {
    await expect(firstRun.createFirstAdmin({ ...ADMIN, code: wrong })).rejects.toMatchObject({
      code: "invalid-sign-in-code",
    });
    now += 1000;
  }
  await expect(firstRun.createFirstAdmin({ ...ADMIN, code })).rejects.toMatchObject({
    code: "too-many-requests",
    info: { retryAfterMs: 55_000 },
  });
  expect(await firstRun.hasAdministrator()).toBe(false);
  now += 55_000;
  await firstRun.createFirstAdmin({ ...ADMIN, code });
});

test("createFirstAdmin() works once: also of two at the same moment one is refused", async () => {
  await using folder = await tempFolder();
  await using server = await startAuthServer({ directory: folder.path });
  const { firstRun } = server;
  const code = (await firstRun.code()) ?? "";
  const results = await Promise.allSettled([
    firstRun.createFirstAdmin({ ...ADMIN, code }),
    firstRun.createFirstAdmin({ ...ADMIN, email: "second@example.com", code }),
  ]);
  expect(results).toMatchObject([{ status: "fulfilled" }, { status: "rejected", reason: { code: "already-set-up" } }]);
  await expect(firstRun.createFirstAdmin({ ...ADMIN, code: "wrong" })).rejects.toMatchObject({
    code: "already-set-up",
  });
});

test("createFirstAdmin() names the field that can't be used, and the code still works afterwards", async () => {
  await using folder = await tempFolder();
  await using server = await startAuthServer({ directory: folder.path });
  const { firstRun } = server;
  const code = (await firstRun.code()) ?? "";
  const wrong = [
    ["email", { email: "no address" }],
    ["password", { password: "short" }],
    ["password", { password: "ababababab" }],
    ["password", { password: "12345678" }],
    ["password", { password: ADMIN.email }],
    ["password", { password: "x1y2".repeat(40) }],
  ] as const;
  for (const [param, change] of wrong) {
    const attempt = firstRun.createFirstAdmin({ ...ADMIN, ...change, code });
    await expect(attempt, JSON.stringify(change)).rejects.toMatchObject({ code: "invalid-input", info: { param } });
  }
  await firstRun.createFirstAdmin({ ...ADMIN, code });
});

test("ensureAdministrator() creates the account of the environment once, and refuses a weak password clearly", async () => {
  await using folder = await tempFolder();
  {
    await using server = await startAuthServer({ directory: folder.path });
    const weak = server.firstRun.ensureAdministrator({ ...ADMIN, password: "1234" });
    await expect(weak).rejects.toMatchObject({ code: "invalid-input", info: { param: "password" } });
    await expect(weak).rejects.toThrow(/8 characters/);
    expect(await server.firstRun.ensureAdministrator({ ...ADMIN, name: "" })).toBe(true);
  }
  await using server = await startAuthServer({ directory: folder.path });
  expect(await server.firstRun.ensureAdministrator({ ...ADMIN, password: "another password" })).toBe(false);
  const signedIn = await server.signIn();
  expect(await signedIn.json()).toMatchObject({ user: { name: "admin", role: "administrator" } });
});
