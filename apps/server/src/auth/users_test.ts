import { expect, test } from "vitest";
import { tempFolder } from "../storage/temp_folder.ts";
import { ADMIN, cookieOf, MANAGER, startAuthServer } from "./_auth_server.ts";

const MEMBER = { email: "Member@Example.com", password: "another long password", role: "member" } as const;

/** A server with the administrator and one member, both signed in. */
async function startWithMember(directory: string, now?: () => number) {
  const server = await startAuthServer({ directory, ...(now && { now }) });
  await server.firstRun.ensureAdministrator(ADMIN);
  const member = await server.users.create(MANAGER, MEMBER);
  const [administrator] = await server.users.list(MANAGER);
  const memberSignIn = (password: string = MEMBER.password) =>
    server.post("/sign-in/email", { email: "member@example.com", password });
  return { server, member, administratorId: administrator?.id ?? "", memberSignIn };
}

test("Users.create() makes a user of either role who can sign in, named after the address", async () => {
  await using folder = await tempFolder();
  const { server, member, memberSignIn } = await startWithMember(folder.path);
  await using _ = server;
  expect(member).toEqual({
    id: expect.any(String),
    name: "member",
    email: "member@example.com",
    role: "member",
    isDisabled: false,
    isSelf: false,
    createdAt: expect.any(Number),
  });
  const cookie = cookieOf(await memberSignIn());
  expect(await server.whoIs({ cookie })).toMatchObject({ role: "member", name: "member" });
  for (const [change, param] of [
    [{ email: "no address" }, "email"],
    [{ email: ADMIN.email }, "email"],
    [{ email: "new@example.com", password: "12345678" }, "password"],
  ] as const) {
    await expect(server.users.create(MANAGER, { ...MEMBER, ...change })).rejects.toMatchObject({
      code: "invalid-input",
      info: { param },
    });
  }
  expect(await server.users.list(MANAGER)).toHaveLength(2);
});

test("Users keeps the last administrator who can sign in, also of two who demote each other at the same moment", async () => {
  await using folder = await tempFolder();
  const { server, member, administratorId } = await startWithMember(folder.path);
  await using _ = server;
  const refused = { code: "last-administrator" };
  await expect(server.users.setRole(MANAGER, administratorId, "member")).rejects.toMatchObject(refused);
  await expect(server.users.setDisabled(MANAGER, administratorId, true)).rejects.toMatchObject(refused);

  await server.users.setRole(MANAGER, member.id, "administrator");
  const both = [administratorId, member.id].map((id) => server.users.setRole(MANAGER, id, "member"));
  const outcomes = (await Promise.allSettled(both)).map(({ status }) => status);
  expect(outcomes).toEqual(["fulfilled", "rejected"]);

  // One who is disabled is no administrator to rely on.
  await server.users.setRole(MANAGER, administratorId, "administrator");
  await server.users.setDisabled(MANAGER, member.id, true);
  await expect(server.users.setRole(MANAGER, administratorId, "member")).rejects.toMatchObject(refused);
});

test("Users.setDisabled() ends the sessions and suspends the keys of a user, and takes both back", async () => {
  await using folder = await tempFolder();
  const { server, member, memberSignIn } = await startWithMember(folder.path);
  await using _ = server;
  const cookie = cookieOf(await memberSignIn());
  const { KeyService } = await import("../keys/mod.ts");
  const limits = () => ({ answersEach: 50, requestsPerMinute: 300, tokensPerMinute: 0 }) as never;
  const service = new KeyService({ ring: server.keys, limits });
  const owner = { id: `user:${member.id}`, kind: "user", role: "member", name: "Member" } as const;
  const { key } = await service.create(owner, { name: "Key", routes: [], limits: {} });
  expect(server.keys.check(key)).toMatchObject({ role: "program" });

  await server.users.setDisabled(MANAGER, member.id, true);
  expect(await server.whoIs({ cookie })).toBeNull();
  expect((await memberSignIn()).status).toBe(403);
  expect(() => server.keys.check(key)).toThrow(expect.objectContaining({ code: "key-revoked" }));
  expect(service.list(owner)).toMatchObject([{ state: "suspended" }]);

  await server.users.setDisabled(MANAGER, member.id, false);
  expect((await memberSignIn()).status).toBe(200);
  expect(server.keys.check(key)).toMatchObject({ role: "program" });
});

test("Users.resetPassword() sets a password that is strong enough, and ends the user's sessions", async () => {
  await using folder = await tempFolder();
  const { server, member, memberSignIn } = await startWithMember(folder.path);
  await using _ = server;
  const cookie = cookieOf(await memberSignIn());
  await expect(server.users.resetPassword(member.id, "password")).rejects.toMatchObject({ code: "invalid-input" });
  expect(await server.whoIs({ cookie })).not.toBeNull();
  await server.users.resetPassword(member.id, "a third long password");
  expect(await server.whoIs({ cookie })).toBeNull();
  expect((await memberSignIn()).status).toBe(401);
  expect((await memberSignIn("a third long password")).status).toBe(200);
  await expect(server.users.resetPassword("nobody", "a third long password")).rejects.toMatchObject({
    code: "user-not-found",
  });
});

test("Users.changePassword() keeps this session, ends the others, and bears five wrong tries in a minute", async () => {
  await using folder = await tempFolder();
  let now = 0;
  const { server, memberSignIn } = await startWithMember(folder.path, () => now);
  await using _ = server;
  const [here, there] = [cookieOf(await memberSignIn()), cookieOf(await memberSignIn())];
  const newPassword = "a third long password";
  const wrong = { currentPassword: "not it", newPassword };
  for (let at = 0; at < 5; at++) {
    await expect(server.users.changePassword(here, wrong)).rejects.toMatchObject({ code: "invalid-sign-in-code" });
  }
  const right = { currentPassword: MEMBER.password, newPassword };
  await expect(server.users.changePassword(here, right)).rejects.toMatchObject({ code: "too-many-requests" });
  now = 60_000;
  await server.users.changePassword(here, right);
  expect(await server.whoIs({ cookie: here })).toMatchObject({ role: "member" });
  expect(await server.whoIs({ cookie: there })).toBeNull();
  expect((await memberSignIn(newPassword)).status).toBe(200);
  await expect(server.users.changePassword(undefined, right)).rejects.toMatchObject({ code: "forbidden" });
});
