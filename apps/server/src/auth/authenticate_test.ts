import { expect, test } from "vitest";
import { tempFolder } from "../storage/temp_folder.ts";
import { ADMIN, cookieOf, MANAGER, startAuthServer } from "./_auth_server.ts";

const KEY = "cf-0123456789abcdef";

test("principalOf() knows the bootstrap key and nothing near it", async () => {
  await using folder = await tempFolder();
  await using server = await startAuthServer({ directory: folder.path, apiKey: KEY });
  const bootstrap = { id: "key:bootstrap", kind: "key", role: "administrator" };
  expect(await server.whoIs({ authorization: `Bearer ${KEY}` })).toMatchObject(bootstrap);
  expect(await server.whoIs({ authorization: `bearer  ${KEY}` })).toMatchObject(bootstrap);
  const wrong = [
    `Bearer ${KEY}x`,
    `Bearer ${KEY.slice(1)}`,
    "Bearer",
    "Bearer ",
    KEY,
    `Basic ${KEY}`,
    "Bearer a b",
    "\u00ff",
  ];
  for (const authorization of wrong) expect(await server.whoIs({ authorization }), authorization).toBeNull();
  expect(await server.authenticator.principalOf(new Headers({ authorization: `Bearer ${KEY}` }))).toMatchObject(
    bootstrap,
  );
});

test("principalOf() knows nobody by key when no key is set", async () => {
  await using folder = await tempFolder();
  await using server = await startAuthServer({ directory: folder.path, apiKey: "" });
  for (const authorization of ["Bearer undefined", "Bearer ", "Bearer x"]) {
    expect(await server.whoIs({ authorization })).toBeNull();
  }
});

test("principalOf() does not fall back to the cookie when a key is wrong", async () => {
  await using folder = await tempFolder();
  await using server = await startAuthServer({ directory: folder.path, apiKey: KEY });
  await server.firstRun.ensureAdministrator(ADMIN);
  const cookie = cookieOf(await server.signIn());
  expect(await server.whoIs({ cookie, authorization: "Bearer wrong" })).toBeNull();
});

test("principalOf() gives nobody for a cookie that was forged or cut, and never throws", async () => {
  await using folder = await tempFolder();
  await using server = await startAuthServer({ directory: folder.path });
  await server.firstRun.ensureAdministrator(ADMIN);
  const cookie = cookieOf(await server.signIn());
  const [name, value = ""] = cookie.split(/=(.*)/s);
  const forged = [value.slice(0, -4), `x${value}`, value.split(".")[0], "%", "%E0%A4%A", ".", `${"a".repeat(5000)}`];
  for (const text of forged) expect(await server.whoIs({ cookie: `${name}=${text}` }), text).toBeNull();
  expect(await server.whoIs({ cookie: `other=1; ${cookie}; more=2` })).toMatchObject({ kind: "user" });
  expect(server.auth.sessions.size).toBe(1);
});

test("principalOf() forgets a session at once when it is signed out", async () => {
  await using folder = await tempFolder();
  await using server = await startAuthServer({ directory: folder.path });
  await server.firstRun.ensureAdministrator(ADMIN);
  const cookie = cookieOf(await server.signIn());
  expect(await server.whoIs({ cookie })).toMatchObject({ kind: "user" });
  expect((await server.post("/sign-out", {}, { cookie })).status).toBe(200);
  expect(await server.whoIs({ cookie })).toBeNull();
});

test("principalOf() takes a changed role and a ban at once", async () => {
  await using folder = await tempFolder();
  await using server = await startAuthServer({ directory: folder.path });
  await server.firstRun.ensureAdministrator(ADMIN);
  const body = { email: "member@example.com", password: "another long password", name: "Member" };
  const { id } = await server.users.create(MANAGER, { ...body, role: "member" });
  const member = { cookie: cookieOf(await server.post("/sign-in/email", body)) };
  expect(await server.whoIs(member)).toMatchObject({ role: "member" });
  await server.users.setRole(MANAGER, id, "administrator");
  expect(await server.whoIs(member)).toMatchObject({ role: "administrator" });
  await server.users.setDisabled(MANAGER, id, true);
  expect(await server.whoIs(member)).toBeNull();
});
