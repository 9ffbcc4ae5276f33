import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { appRouter } from "../src/doors/trpc/router.ts";
import { ADMINISTRATOR, startServer, type TestServer } from "./_server.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 30_000 });

/** What a mutation leaves in the log of administrators' acts; one that is not listed here fails the test. */
const ENTRIES: Record<string, { input: (made: Made) => unknown; action: string } | "own answers and conversations"> = {
  "answers.start": "own answers and conversations",
  "answers.cancel": "own answers and conversations",
  "conversations.show": "own answers and conversations",
  "conversations.archive": "own answers and conversations",
  "conversations.restore": "own answers and conversations",
  "conversations.rename": "own answers and conversations",
  "conversations.remove": "own answers and conversations",
  "users.create": {
    input: () => ({ email: "other@example.com", password: "another long password", role: "member" }),
    action: "user-made",
  },
  "users.setRole": { input: ({ userId }) => ({ id: userId, role: "administrator" }), action: "user-role-changed" },
  "users.setDisabled": { input: ({ userId }) => ({ id: userId, isDisabled: true }), action: "user-disabled" },
  "users.resetPassword": {
    input: ({ userId }) => ({ id: userId, password: "a third long password" }),
    action: "user-password-reset",
  },
  "users.changePassword": {
    input: () => ({ currentPassword: ADMINISTRATOR.password, newPassword: "a fourth long password" }),
    action: "own-password-changed",
  },
  "keys.create": { input: () => ({ name: "K" }), action: "key-made" },
  "keys.update": { input: ({ keyId }) => ({ id: keyId, name: "L" }), action: "key-changed" },
  "keys.revoke": { input: ({ keyId }) => ({ id: keyId }), action: "key-revoked" },
  "providers.armDrill": { input: () => ({ provider: "mock", fault: { fault: "cut" } }), action: "drill-armed" },
  "providers.disarmDrill": { input: () => ({ provider: "mock" }), action: "drill-disarmed" },
  "providers.test": { input: () => ({ provider: "mock", model: "mock" }), action: "target-tested" },
  "providers.resetBreaker": { input: () => ({ provider: "mock" }), action: "breaker-reset" },
  "settings.saveRoute": {
    input: () => ({
      route: "default",
      after: 0,
      settings: { targets: [{ provider: "mock", model: "mock" }], maxRetries: 1 },
    }),
    action: "route-changed",
  },
  "settings.restoreRoute": { input: () => ({ route: "default", after: 1, version: 0 }), action: "route-restored" },
  "settings.resetRoute": { input: () => ({ route: "default", after: 2 }), action: "route-reset" },
  "doctor.start": { input: () => ({}), action: "examination-started" },
  "setup.createFirstAdmin": {
    input: ({ code }) => ({ code, ...ADMINISTRATOR, name: "First" }),
    action: "first-administrator-made",
  },
};

interface Made {
  code: string | undefined;
  userId: string;
  keyId: string;
}

const procedures = appRouter._def.procedures as unknown as Record<string, { _def: { type: string } }>;
const made: Made = { code: undefined, userId: "", keyId: "" };
let server: TestServer;
let cookie = "";

beforeAll(async () => {
  server = await startServer({ environment: { ALLOW_MOCK_LLM: "true" } });
  made.code = server.app.signInCode;
});

afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

async function lastAction(): Promise<unknown> {
  const input = encodeURIComponent(JSON.stringify({ limit: 1 }));
  const response = await server.fetch(`/trpc/audit.list?input=${input}`);
  return (await response.json()).result.data.entries[0];
}

test("every mutation says in this file what it leaves in the log", () => {
  const mutations = Object.keys(procedures).filter((name) => procedures[name]?._def.type === "mutation");
  expect(mutations.sort()).toEqual(Object.keys(ENTRIES).sort());
});

// In an order in which each finds what it acts on.
const ORDER = ["setup.createFirstAdmin", ...Object.keys(ENTRIES).filter((name) => name !== "setup.createFirstAdmin")];

for (const name of ORDER) {
  const entry = ENTRIES[name];
  if (typeof entry !== "object") continue;
  test(`${name} leaves '${entry.action}' with who did it, and no secret`, async () => {
    // Whoever changes the own password has one.
    if (cookie === "" && name !== "setup.createFirstAdmin") cookie = await server.signIn();
    const response = await server.post(
      `/trpc/${name}`,
      entry.input(made),
      name === "setup.createFirstAdmin" ? {} : { cookie },
    );
    const text = await response.text();
    expect(response.status, text).toBe(200);
    const { data } = JSON.parse(text).result;
    if (name === "users.create") made.userId = data.id;
    if (name === "keys.create") made.keyId = data.id;
    const last = await lastAction();
    expect(last).toMatchObject({
      action: entry.action,
      principal: expect.stringMatching(/^user:|^setup$/),
      at: expect.any(Number),
    });
    expect(JSON.stringify(last)).not.toMatch(/password"?:|cf-\w{20}|horse/);
  });
}
