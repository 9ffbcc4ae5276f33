import { expect, test } from "vitest";
import { usePostgres } from "../../test/real_postgres.ts";
import { openPostgresStorage } from "../storage/postgres/mod.ts";
import { tempFolder } from "../storage/temp_folder.ts";
import { ADMIN, cookieOf, MANAGER, startAuthServer } from "./_auth_server.ts";

const postgres = await usePostgres("the tests of signing in over PostgreSQL");
const withPostgres = test.runIf(postgres !== undefined);

async function startTwo(folder: string) {
  const url = (await postgres?.create()) ?? "";
  // At the same moment, so that both want to make the tables.
  const servers = await Promise.all(
    [1, 2].map(async () => startAuthServer({ directory: folder, storage: await openPostgresStorage({ url }) })),
  );
  return servers as [(typeof servers)[0], (typeof servers)[0]];
}

withPostgres("the first administrator signs in over PostgreSQL on one server, and is known to the other", async () => {
  await using folder = await tempFolder();
  const [one, other] = await startTwo(folder.path);
  await using _one = one;
  await using _other = other;
  await one.firstRun.createFirstAdmin({ ...ADMIN, code: (await one.firstRun.code()) ?? "" });
  expect(await other.firstRun.hasAdministrator()).toBe(true);
  expect((await one.signIn({}, "a wrong password")).status).toBe(401);
  const response = await one.signIn();
  expect(response.status).toBe(200);
  const cookie = cookieOf(response);
  expect(await other.whoIs({ cookie })).toMatchObject({ kind: "user", role: "administrator", name: ADMIN.name });
  expect((await other.post("/sign-out", {}, { cookie })).status).toBe(200);
  expect((await one.signIn()).status).toBe(200);
});

withPostgres(
  "two servers that start with ADMIN_EMAIL make one administrator, and two demotions leave one",
  async () => {
    await using folder = await tempFolder();
    const [one, other] = await startTwo(folder.path);
    await using _one = one;
    await using _other = other;
    const made = await Promise.all([one, other].map(({ firstRun }) => firstRun.ensureAdministrator(ADMIN)));
    expect(made.toSorted()).toEqual([false, true]);
    const second = { email: "second@example.com", password: "another long word", role: "administrator" as const };
    await one.users.create(MANAGER, second);
    const [first, last] = await other.users.list(MANAGER);
    const results = await Promise.allSettled([
      one.users.setRole(MANAGER, first?.id ?? "", "member"),
      other.users.setRole(MANAGER, last?.id ?? "", "member"),
    ]);
    expect(results.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
    const roles = (await one.users.list(MANAGER)).map(({ role }) => role);
    expect(roles.toSorted()).toEqual(["administrator", "member"]);
  },
);
