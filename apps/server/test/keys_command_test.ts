import { expect, test, vi } from "vitest";
import { startChild } from "./_child.ts";
import { cogniforge, workFolder } from "./_command.ts";

// Every command is a program of its own, which loads a part of the server.
vi.setConfig({ testTimeout: 120_000 });

test("cogniforge keys makes, lists and revokes keys beside a running server, which knows within a second", async () => {
  await using folder = await workFolder();
  const directory = folder.path;
  const environment = { ALLOW_MOCK_LLM: "true" };
  const keys = (...args: string[]) => cogniforge(["keys", ...args], { directory, environment });
  const none = await keys("list");
  expect(none).toMatchObject({ code: 1, stderr: expect.stringMatching(/no database[\s\S]+لا توجد قاعدة بيانات/) });

  await using child = await startChild(directory, environment);
  const statusOf = async (key: string) =>
    (await fetch(`${child.url}/v1/models`, { headers: { authorization: `Bearer ${key}` } })).status;
  const options = [
    "--routes",
    "default",
    "--expires",
    "30d",
    "--rate",
    "60",
    "--budget",
    "5/day",
    "--budget",
    "9.5/total",
  ];
  const made = await keys("create", "--name", "بناء", ...options);
  expect(made).toMatchObject({ code: 0, stderr: expect.stringContaining("not shown again") });
  const key = made.stdout.trim();
  expect(key).toMatch(/^cf-[\w-]{43}$/);
  expect(made.stderr).not.toContain(key);
  await vi.waitFor(async () => expect(await statusOf(key)).toBe(200), { timeout: 10_000, interval: 50 });

  const list = await keys("list", "--json");
  const [row] = JSON.parse(list.stdout);
  expect(row).toMatchObject({
    name: "بناء",
    state: "active",
    routes: ["default"],
    limits: { requestsPerMinute: 60, dailyUsd: 5, totalUsd: 9.5 },
  });
  expect(Math.round((row.expiresAt - row.createdAt) / 86_400_000)).toBe(30);
  expect(list.stdout).not.toContain(key.slice(4, 30));
  const arabic = await keys("list", "--lang", "ar");
  expect(arabic.stdout).toContain("فعّال");

  const revoked = await keys("revoke", row.id, "--json");
  expect(JSON.parse(revoked.stdout)).toMatchObject({ id: row.id, state: "revoked" });
  await vi.waitFor(async () => expect(await statusOf(key)).toBe(401), { timeout: 10_000, interval: 50 });

  child.process.kill("SIGTERM");
  expect(await child.exited).toBe(0);
  expect(await keys("create", "--name", "Offline", "--json")).toMatchObject({ code: 0 });
  await using again = await startChild(directory, {
    ...environment,
    ADMIN_EMAIL: "a@b.de",
    ADMIN_PASSWORD: "correct horse",
  });
  const signIn = await fetch(`${again.url}/api/auth/sign-in/email`, {
    method: "POST",
    headers: { "content-type": "application/json", origin: again.url },
    body: JSON.stringify({ email: "a@b.de", password: "correct horse" }),
  });
  const cookie = signIn.headers.getSetCookie()[0]?.split(";")[0] ?? "";
  const log = await (await fetch(`${again.url}/trpc/audit.list`, { headers: { cookie } })).json();
  const entries = log.result.data.entries.filter(({ principal }: { principal: string }) => principal === "cli");
  expect(entries).toMatchObject([
    { action: "key-made", detail: { name: "Offline" } },
    { action: "key-revoked", detail: { name: "بناء" } },
    { action: "key-made", detail: { name: "بناء" } },
  ]);
});

test("cogniforge keys tells in both languages what was wrong, with 2, and changes nothing", async () => {
  await using folder = await workFolder();
  const directory = folder.path;
  await (await startChild(directory))[Symbol.asyncDispose]();
  const keys = (...args: string[]) => cogniforge(["keys", ...args], { directory });
  const wrong: [string[], RegExp][] = [
    [[], /list, create or revoke[\s\S]+المتوقع/],
    [["create"], /--name[\s\S]+المتوقع/],
    [["create", "--name", "x", "--budget", "5"], /5\/day[\s\S]+المتوقع/],
    [["create", "--name", "x", "--expires", "2027-02-31"], /2027-01-31[\s\S]+المتوقع/],
    [["create", "--name", "x", "--expires", "2020-01-01"], /has not passed[\s\S]+لم ينقضِ/],
    [["create", "--name", "x", "--rate", "0"], /--rate[\s\S]+عدد صحيح/],
    [["create", "--name", "x", "--routes", "a,,b"], /separated by commas[\s\S]+فواصل/],
    [["revoke"], /Expected one id[\s\S]+معرّف واحد/],
  ];
  const ended = await Promise.all(wrong.map(([args]) => keys(...args)));
  for (const [index, { code, stderr }] of ended.entries()) {
    expect(stderr).toMatch(wrong[index]?.[1] ?? /never/);
    expect(code).toBe(2);
  }
  const unknown = await keys("revoke", "-no-such-key-1234567");
  expect(unknown).toMatchObject({ code: 1, stderr: expect.stringMatching(/no such API key[\s\S]+لا يوجد مفتاح/) });
  expect(JSON.parse((await keys("list", "--json")).stdout)).toEqual([]);
});
