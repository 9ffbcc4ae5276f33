import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { appRouter } from "../src/doors/trpc/router.ts";
import type { TestServer } from "./_server.ts";
import { startServer } from "./_server.ts";
import type { Headers } from "./_trpc_client.ts";
import { overHttp } from "./_trpc_client.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const ROLES = ["nobody", "program", "member", "administrator"] as const;
type Role = (typeof ROLES)[number];

/** Who is let in; whoever stands further right is too. */
type Audience = Role;

/** The codes of being kept out; whatever else is answered, the caller was let in. */
const KEPT_OUT = new Set(["unauthenticated", "forbidden"]);

/** What belongs to the administrator: the objects that nobody else may touch. */
interface Objects {
  answerId: string;
  conversationId: string;
  keyId: string;
  userId: string;
}

interface Expectation {
  from: Audience;
  input?: unknown;
  /** How the member is answered who names the administrator's object; `null` where none can be named. */
  another: null | { input: (objects: Objects) => unknown; code: string };
}

const unknownAnswer = { answerId: "no-such-answer" };
const unknownConversation = { conversationId: "no-such-conversation" };
const anotherAnswer = { input: ({ answerId }: Objects) => ({ answerId }), code: "answer-not-found" };
const anotherConversation = (more: object = {}) => ({
  input: ({ conversationId }: Objects) => ({ conversationId, ...more }),
  code: "conversation-not-found",
});
const anotherUser = (more: object) => ({
  input: ({ userId }: Objects) => ({ id: userId, ...more }),
  code: "forbidden",
});
const drill = { provider: "mock", fault: { fault: "cut" } };

/**
 * Who may call what. A procedure that is not listed here fails the test: whoever adds one says here whom it is for, and
 * what somebody gets who names another's object.
 */
const PROCEDURES: Record<string, Expectation> = {
  "answers.start": {
    from: "program",
    input: { question: "Q" },
    another: { input: ({ answerId }) => ({ answerId, question: "Q" }), code: "id-taken" },
  },
  "answers.watch": { from: "program", input: unknownAnswer, another: anotherAnswer },
  "answers.read": { from: "program", input: unknownAnswer, another: anotherAnswer },
  "answers.get": { from: "program", input: unknownAnswer, another: anotherAnswer },
  "answers.timeline": { from: "program", input: unknownAnswer, another: anotherAnswer },
  "answers.routes": { from: "program", another: null },
  "answers.cancel": { from: "program", input: unknownAnswer, another: anotherAnswer },
  "conversations.list": { from: "program", another: null },
  "conversations.search": { from: "program", input: { query: "Q" }, another: null },
  "conversations.changes": { from: "program", input: {}, another: null },
  "conversations.show": {
    from: "program",
    input: { ...unknownConversation, turnId: "no-such-turn" },
    another: anotherConversation({ turnId: "no-such-turn" }),
  },
  "conversations.archive": {
    from: "program",
    input: { ...unknownConversation, archived: true },
    another: anotherConversation({ archived: true }),
  },
  "conversations.restore": { from: "program", input: unknownConversation, another: anotherConversation() },
  "conversations.get": { from: "program", input: unknownConversation, another: anotherConversation() },
  "conversations.rename": {
    from: "program",
    input: { ...unknownConversation, title: "T" },
    another: anotherConversation({ title: "T" }),
  },
  "conversations.remove": { from: "program", input: unknownConversation, another: anotherConversation() },
  "project.info": { from: "program", another: null },
  "project.sent": { from: "program", input: unknownAnswer, another: anotherAnswer },
  "providers.list": { from: "administrator", another: null },
  "providers.status": { from: "administrator", another: null },
  "providers.live": { from: "administrator", another: null },
  "providers.drills": { from: "administrator", another: null },
  "providers.armDrill": { from: "administrator", input: drill, another: null },
  "providers.disarmDrill": { from: "administrator", input: { provider: "mock" }, another: null },
  "providers.test": { from: "administrator", input: { provider: "mock", model: "none" }, another: null },
  "providers.resetBreaker": { from: "administrator", input: { provider: "mock" }, another: null },
  "settings.routes": { from: "administrator", another: null },
  "settings.routeHistory": { from: "administrator", input: { route: "default" }, another: null },
  "settings.saveRoute": {
    from: "administrator",
    input: { route: "default", after: 0, settings: {} },
    another: null,
  },
  "settings.resetRoute": { from: "administrator", input: { route: "default", after: 0 }, another: null },
  "settings.restoreRoute": {
    from: "administrator",
    input: { route: "default", after: 0, version: 0 },
    another: null,
  },
  "metrics.counters": { from: "administrator", another: null },
  "metrics.breakers": { from: "administrator", another: null },
  "metrics.overview": { from: "administrator", input: { range: "5m" }, another: null },
  "metrics.latest": { from: "administrator", input: {}, another: null },
  "metrics.pulse": { from: "administrator", another: null },
  "metrics.live": { from: "administrator", another: null },
  "audit.list": { from: "administrator", another: null },
  "doctor.start": { from: "administrator", another: null },
  "doctor.read": { from: "administrator", input: {}, another: null },
  "keys.list": { from: "member", another: null },
  "keys.create": { from: "member", input: { name: "K" }, another: null },
  "keys.update": {
    from: "member",
    input: { id: "no-such-key", name: "K" },
    another: { input: ({ keyId }) => ({ id: keyId, name: "K" }), code: "key-not-found" },
  },
  "keys.revoke": {
    from: "member",
    input: { id: "no-such-key" },
    another: { input: ({ keyId }) => ({ id: keyId }), code: "key-not-found" },
  },
  "users.list": { from: "administrator", another: null },
  "users.create": {
    from: "administrator",
    input: { email: "third@example.com", password: "a third long password", role: "member" },
    another: null,
  },
  "users.setRole": {
    from: "administrator",
    input: { id: "nobody", role: "member" },
    another: anotherUser({ role: "member" }),
  },
  "users.setDisabled": {
    from: "administrator",
    input: { id: "nobody", isDisabled: true },
    another: anotherUser({ isDisabled: true }),
  },
  "users.resetPassword": {
    from: "administrator",
    input: { id: "nobody", password: "a third long password" },
    another: anotherUser({ password: "a third long password" }),
  },
  "users.changePassword": {
    from: "member",
    input: { currentPassword: "wrong", newPassword: "a third long password" },
    another: null,
  },
  "system.status": { from: "nobody", another: null },
  "setup.createFirstAdmin": {
    from: "nobody",
    input: { code: "AAAA-AAAA", email: "x@example.com", password: "a third long password", name: "X" },
    another: null,
  },
};

/** The same for our own HTTP routes, by method and pattern; the method is `*` for what is left over of a door. */
const ROUTES: Record<string, { from: Audience; path: string; another?: (objects: Objects) => string }> = {
  "GET ^\\/healthz$": { from: "nobody", path: "/healthz" },
  "HEAD ^\\/healthz$": { from: "nobody", path: "/healthz" },
  "GET ^\\/readyz$": { from: "nobody", path: "/readyz" },
  "HEAD ^\\/readyz$": { from: "nobody", path: "/readyz" },
  "GET ^\\/admin\\/api\\/chat\\/stream$": { from: "program", path: "/admin/api/chat/stream" },
  "POST ^\\/admin\\/api\\/chat\\/stream$": { from: "program", path: "/admin/api/chat/stream" },
  "GET ^\\/metrics$": { from: "administrator", path: "/metrics" },
  "HEAD ^\\/metrics$": { from: "administrator", path: "/metrics" },
  "GET ^\\/admin\\/api\\/conversations\\/(?<id>[\\w-]{1,64})\\/export$": {
    from: "program",
    path: "/admin/api/conversations/no-such-conversation/export",
    another: ({ conversationId }) => `/admin/api/conversations/${conversationId}/export`,
  },
  "POST ^\\/v1\\/chat\\/completions$": { from: "program", path: "/v1/chat/completions" },
  "POST ^\\/v1\\/messages$": { from: "program", path: "/v1/messages" },
  "POST ^\\/v1\\/messages\\/count_tokens$": { from: "program", path: "/v1/messages/count_tokens" },
  "GET ^\\/v1\\/models$": { from: "program", path: "/v1/models" },
  "GET ^\\/v1\\/models\\/(?<id>.+)$": { from: "program", path: "/v1/models/default" },
  "GET ^\\/v1\\/answers\\/(?<id>[^/]+)$": {
    from: "program",
    path: "/v1/answers/no-such-answer",
    another: ({ answerId }) => `/v1/answers/${answerId}`,
  },
  "DELETE ^\\/v1\\/answers\\/(?<id>[^/]+)$": {
    from: "program",
    path: "/v1/answers/no-such-answer",
    another: ({ answerId }) => `/v1/answers/${answerId}`,
  },
  "GET ^\\/v1\\/answers\\/(?<id>[^/]+)\\/stream$": {
    from: "program",
    path: "/v1/answers/no-such-answer/stream",
    another: ({ answerId }) => `/v1/answers/${answerId}/stream`,
  },
  "* ^\\/v1\\/messages(?:\\/|$)": { from: "nobody", path: "/v1/messages/other" },
  "* ^\\/v1(?:\\/|$)": { from: "nobody", path: "/v1/other" },
};

const procedures = appRouter._def.procedures as unknown as Record<string, { _def: { type: string } }>;

let server: TestServer;
let objects: Objects;
const headersOf = {} as Record<Role, Headers>;

beforeAll(async () => {
  server = await startServer({ hasAdministrator: true, environment: { ALLOW_MOCK_LLM: "true" } });
  const administrator = { cookie: await server.signIn() };
  const client = overHttp(server.url, administrator);
  const member = { email: "member@example.com", password: "another long password" };
  await client.users.create.mutate({ ...member, role: "member" });
  const signedIn = await server.post("/api/auth/sign-in/email", member, { origin: server.url });
  const { key, id: keyId } = await client.keys.create.mutate({ name: "Program" });
  headersOf.nobody = { authorization: "" };
  headersOf.program = { authorization: `Bearer ${key}` };
  headersOf.member = { cookie: signedIn.headers.getSetCookie()[0]?.split(";")[0] ?? "" };
  headersOf.administrator = administrator;
  const { answerId, conversationId = "" } = await client.answers.start.mutate({ question: "Q" });
  const [self] = await client.users.list.query();
  objects = { answerId, conversationId, keyId, userId: self?.id ?? "" };
});

afterAll(async () => {
  expect(server.errors).toEqual([]);
  await server[Symbol.asyncDispose]();
});

/** The code of a refusal, whatever its door's shape; `ok` for none. */
async function outcomeOf(response: Response): Promise<string> {
  if (response.headers.get("content-type")?.startsWith("text/event-stream")) {
    return outcomeOfEvents(response);
  }
  // There is no body to read a code from.
  if (!response.ok && response.body === null) {
    return response.status === 401 ? "unauthenticated" : "forbidden";
  }
  if (response.ok) {
    await response.body?.cancel();
    return "ok";
  }
  const { failure, error } = (await response.json()) as {
    failure?: { code: string };
    error?: { code: unknown; data?: { failure: { code: string } } };
  };
  return failure?.code ?? error?.data?.failure.code ?? String(error?.code);
}

/** A refused subscription says so in its first event; one that is let in need not end. */
async function outcomeOfEvents(response: Response): Promise<string> {
  let text = "";
  for await (const piece of (response.body ?? new ReadableStream()).pipeThrough(new TextDecoderStream())) {
    text += piece;
    const code = /"failure":\{"code":"([a-z-]+)"/.exec(text)?.[1];
    if (code !== undefined) return code;
    if (/\n\n(?:id: .*\n)?data: |event: ping/.test(text)) break;
  }
  return "ok";
}

async function call(name: string, input: unknown, role: Role): Promise<string> {
  const headers = headersOf[role];
  const json = JSON.stringify(input ?? undefined);
  const type = procedures[name]?._def.type;
  if (type === "mutation") return outcomeOf(await server.post(`/trpc/${name}`, input, headers));
  const query = json === undefined ? "" : `?input=${encodeURIComponent(json)}`;
  const accept = type === "subscription" ? { accept: "text/event-stream" } : {};
  return outcomeOf(await server.fetch(`/trpc/${name}${query}`, { headers: { ...headers, ...accept } }));
}

function expectAccess(outcome: string, role: Role, from: Audience, name: string): void {
  const isLetIn = ROLES.indexOf(role) >= ROLES.indexOf(from);
  if (isLetIn) expect(KEPT_OUT.has(outcome), `${name} as ${role}: ${outcome}`).toBe(false);
  else expect(outcome, `${name} as ${role}`).toBe(role === "nobody" ? "unauthenticated" : "forbidden");
}

function differenceOf(there: readonly string[], listed: readonly string[]) {
  return {
    notListed: there.filter((name) => !listed.includes(name)),
    gone: listed.filter((name) => !there.includes(name)),
  };
}

describe("tRPC", () => {
  test("every procedure says in this file whom it is for", () => {
    expect(differenceOf(Object.keys(procedures), Object.keys(PROCEDURES))).toEqual({ notListed: [], gone: [] });
  });

  for (const [name, { from, input, another }] of Object.entries(PROCEDURES)) {
    test(`${name} is for ${from} and up`, async () => {
      for (const role of ROLES) expectAccess(await call(name, input, role), role, from, name);
      if (another !== null) expect(await call(name, another.input(objects), "member")).toBe(another.code);
    });
  }
});

describe("HTTP", () => {
  const keysOf = () =>
    new Set(
      server.app.routes.flatMap(({ methods, path, isFallback }) =>
        (isFallback ? ["*"] : methods).map((method) => `${method} ${path.source}`),
      ),
    );

  test("every route says in this file whom it is for", () => {
    expect(differenceOf([...keysOf()], Object.keys(ROUTES))).toEqual({ notListed: [], gone: [] });
  });

  for (const [name, { from, path, another }] of Object.entries(ROUTES)) {
    test(`${name} is for ${from} and up`, async () => {
      const method = name.split(" ", 1)[0]?.replace("*", "GET") ?? "";
      const ask = async (address: string, role: Role) => {
        const body = method === "POST" ? { body: "{}" } : {};
        const headers = { "content-type": "application/json", ...headersOf[role] };
        return outcomeOf(await server.fetch(address, { method, headers, ...body }));
      };
      for (const role of ROLES) expectAccess(await ask(path, role), role, from, name);
      if (another !== undefined)
        expect(await ask(another(objects), "member")).toMatch(/^(answer|conversation)-not-found$/);
    });
  }
});
