import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { tempFolder } from "../storage/temp_folder.ts";
import { ADMIN, cookieOf, MANAGER, startAuthServer } from "./_auth_server.ts";

test("signing in gives a cookie that is HttpOnly and SameSite=Lax, and that names the administrator", async () => {
  await using folder = await tempFolder();
  await using server = await startAuthServer({ directory: folder.path });
  await server.firstRun.ensureAdministrator(ADMIN);
  const response = await server.signIn();
  expect(response.status).toBe(200);
  const [cookie = ""] = response.headers.getSetCookie();
  expect(cookie).toMatch(/^cogniforge\.session_token=.*; Path=\/; HttpOnly; SameSite=Lax$/);
  expect(await server.whoIs({ cookie: cookieOf(response) })).toEqual({
    id: expect.stringMatching(/^user:\w+/),
    kind: "user",
    role: "administrator",
    name: ADMIN.name,
  });
});

test("a session lasts over a restart of the server on the same data", async () => {
  await using folder = await tempFolder();
  let cookie: string;
  {
    await using server = await startAuthServer({ directory: folder.path });
    await server.firstRun.ensureAdministrator(ADMIN);
    cookie = cookieOf(await server.signIn());
  }
  await using server = await startAuthServer({ directory: folder.path });
  expect(await server.whoIs({ cookie })).toMatchObject({ role: "administrator" });
  expect(await server.firstRun.hasAdministrator()).toBe(true);
});

test("the cookie is Secure where the server was asked over https, and the page's origin may say https too", async () => {
  await using folder = await tempFolder();
  await using server = await startAuthServer({ directory: folder.path, protocol: "https" });
  await server.firstRun.ensureAdministrator(ADMIN);
  const response = await server.signIn({ origin: server.origin.replace("http:", "https:") });
  expect(response.status).toBe(200);
  expect(response.headers.getSetCookie()[0]).toMatch(/; HttpOnly; SameSite=Lax; Secure$/);
});

test("signing in from another origin is refused in both languages, one that is trusted is not", async () => {
  await using folder = await tempFolder();
  await using server = await startAuthServer({ directory: folder.path, trustedOrigins: ["https://console.example"] });
  await server.firstRun.ensureAdministrator(ADMIN);
  const neighbour = server.origin.replace(/\d+$/, (port) => String(Number(port) - 1));
  for (const origin of [
    "https://evil.example",
    neighbour,
    "http://localhost",
    "null",
    `${server.origin}.evil.example`,
  ]) {
    const response = await server.signIn({ origin });
    expect(response.status, origin).toBe(403);
    expect(await response.json()).toMatchObject({
      failure: { code: "cross-origin", message: { ar: expect.any(String) } },
    });
    expect(response.headers.getSetCookie()).toEqual([]);
  }
  expect((await server.signIn({ origin: "https://console.example" })).status).toBe(200);
});

test("a wrong password and an unknown address are refused alike", async () => {
  await using folder = await tempFolder();
  await using server = await startAuthServer({ directory: folder.path });
  await server.firstRun.ensureAdministrator(ADMIN);
  const wrong = await server.signIn({}, "not the password");
  const unknown = await server.post("/sign-in/email", { email: "nobody@example.com", password: ADMIN.password });
  const bodies = [await wrong.json(), await unknown.json()];
  expect([wrong.status, unknown.status]).toEqual([401, 401]);
  expect(bodies[0]).toEqual(bodies[1]);
  expect(bodies[0]).toMatchObject({ failure: { code: "invalid-sign-in-code" } });
});

test("signing in is throttled by the address that the server tells, also after a restart, whatever the client claims", async () => {
  await using folder = await tempFolder();
  {
    await using server = await startAuthServer({ directory: folder.path });
    await server.firstRun.ensureAdministrator(ADMIN);
    for (let attempt = 0; attempt < 10; attempt++) {
      const claim = `203.0.113.${attempt}`;
      const headers = { "x-forwarded-for": claim, "x-real-ip": claim, "x-cf-address": claim };
      // Each try counts, also one that is refused before the slow hash.
      expect((await server.post("/sign-in/email", { email: "no address" }, headers)).status).toBe(400);
    }
  }
  {
    await using server = await startAuthServer({ directory: folder.path });
    const response = await server.signIn();
    expect(response.status).toBe(429);
    expect(Number(response.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(await response.json()).toMatchObject({
      failure: { code: "too-many-requests", retryAfterMs: expect.any(Number) },
    });
  }
  await using server = await startAuthServer({ directory: folder.path, address: "192.0.2.8" });
  expect((await server.signIn()).status).toBe(200);
});

test("nobody can sign up, nor create users without being an administrator", async () => {
  await using folder = await tempFolder();
  await using server = await startAuthServer({ directory: folder.path });
  const account = { email: "new@example.com", password: "a long enough password", name: "New" };
  const body = { ...account, role: "administrator" };
  // Without a role, so that nothing but the closed door can refuse it.
  const signUp = await server.post("/sign-up/email", account);
  expect(signUp.status).toBeGreaterThanOrEqual(400);
  expect(signUp.headers.getSetCookie()).toEqual([]);
  expect((await server.post("/admin/create-user", body)).status).toBe(404);
  expect(await server.firstRun.hasAdministrator()).toBe(false);
});

test("the library's own ways to manage users are closed, also to an administrator: ours know more rules", async () => {
  await using folder = await tempFolder();
  await using server = await startAuthServer({ directory: folder.path });
  await server.firstRun.ensureAdministrator(ADMIN);
  const administrator = { cookie: cookieOf(await server.signIn()) };
  const [self] = await server.users.list(MANAGER);
  for (const [path, body] of [
    ["/admin/set-role", { userId: self?.id, role: "member" }],
    ["/admin/ban-user", { userId: self?.id }],
    ["/admin/remove-user", { userId: self?.id }],
    ["/admin/impersonate-user", { userId: self?.id }],
    ["/admin/create-user", { email: "new@example.com", password: "weak", name: "New" }],
    ["/update-user", { name: "Other" }],
    ["/change-password", { currentPassword: ADMIN.password, newPassword: "12345678" }],
    ["/../auth/admin/set-role", { userId: self?.id, role: "member" }],
    ["/%61dmin/set-role", { userId: self?.id, role: "member" }],
  ] as const) {
    const response = await server.post(path, body, administrator);
    expect(response.status, path).toBe(404);
    expect(await response.json()).toMatchObject({ failure: { code: "not-found" } });
  }
  expect(await server.users.list(MANAGER)).toEqual([self]);
});

test("guessing at one account from many addresses is slowed down, and its owner comes in from a device that is known", async () => {
  await using folder = await tempFolder();
  let now = 0;
  let last = 0;
  const address = () => `192.0.2.${++last}`;
  await using server = await startAuthServer({ directory: folder.path, address, now: () => now });
  await server.firstRun.ensureAdministrator(ADMIN);
  const first = await server.signIn();
  const device = first.headers.getSetCookie().find((cookie) => cookie.startsWith("cogniforge.device="));
  expect(device).toMatch(/; Path=\/api\/auth; HttpOnly; SameSite=Lax$/);
  for (let guess = 0; guess < 20; guess++) expect((await server.signIn({}, `guess ${guess}`)).status).toBe(401);
  const refused = await server.signIn();
  expect(refused.status).toBe(429);
  expect(refused.headers.get("retry-after")).toBe("60");
  expect(await refused.json()).toMatchObject({
    failure: { code: "too-many-requests", retryAfterMs: 60_000, message: { ar: expect.any(String) } },
  });
  // An account that is none is answered alike: the limit tells nothing of who is there.
  expect((await server.signIn({ cookie: device?.split(";")[0] ?? "" })).status).toBe(200);
  now += 60_000;
  expect((await server.signIn()).status).toBe(200);
});

test("trying one password on many accounts is throttled by address", async () => {
  await using folder = await tempFolder();
  await using server = await startAuthServer({ directory: folder.path });
  const statuses: number[] = [];
  for (let at = 0; at < 12; at++) {
    const account = { email: `user${at}@example.com`, password: "the same password" };
    statuses.push((await server.post("/sign-in/email", account)).status);
  }
  expect(statuses).toEqual([...Array(10).fill(401), 429, 429]);
});

test("a body that is too large, none, or of another type is refused before the library reads it", async () => {
  await using folder = await tempFolder();
  await using server = await startAuthServer({ directory: folder.path });
  const send = (body: string, type = "application/json") =>
    fetch(`${server.origin}/api/auth/sign-in/email`, {
      method: "POST",
      headers: { "content-type": type, origin: server.origin },
      body,
    });
  const large = JSON.stringify({ email: ADMIN.email, password: "x".repeat(20_000) });
  const replies = [
    await send(large),
    await send("{"),
    await send("[]"),
    await send("email=a", "application/x-www-form-urlencoded"),
  ];
  const codes = replies.map(async (reply) => [reply.status, (await reply.json()).failure.code]);
  expect(await Promise.all(codes)).toEqual([
    [413, "body-too-large"],
    [400, "invalid-json"],
    [400, "invalid-json"],
    [415, "unsupported-media-type"],
  ]);
});

test("the store holds no password and no token of a session as it is", async () => {
  await using folder = await tempFolder();
  await using server = await startAuthServer({ directory: folder.path });
  await server.firstRun.ensureAdministrator(ADMIN);
  const token = decodeURIComponent(cookieOf(await server.signIn()).split("=")[1] ?? "");
  expect(token.length).toBeGreaterThan(60);
  const { password } = await server.storage.kysely
    .selectFrom("account" as never)
    .select("password" as never)
    .executeTakeFirstOrThrow();
  // The library's scrypt: a salt of 16 bytes and a key of 64.
  expect(password).toMatch(/^[0-9a-f]{32}:[0-9a-f]{128}$/);
  const bytes = await Promise.all(
    (await readdir(folder.path)).map((name) => readFile(join(folder.path, name), "latin1")),
  );
  expect(bytes.some((file) => file.includes(ADMIN.email))).toBe(true);
  for (const file of bytes) {
    expect(file).not.toContain(ADMIN.password);
    // Its signature is not stored: whoever reads the file cannot make the cookie without the secret beside it.
    expect(file).not.toContain(token);
  }
});
