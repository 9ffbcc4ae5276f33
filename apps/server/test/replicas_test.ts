// Several servers over one PostgreSQL and one Redis: any of them serves any reader.

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, expect, test, vi } from "vitest";
import type { ConfigFile } from "../src/config/file_schema.ts";
import { startChild } from "./_child.ts";
import { Faucet } from "./_faucet.ts";
import { anyRedis, describeWithAnyRedis } from "./_redis.ts";
import { oneProvider, startServer } from "./_server.ts";
import { openSse, type SseReader } from "./_sse_reader.ts";
import { overHttp } from "./_trpc_client.ts";
import { chatStream, EVENT_STREAM, JSON_TYPE, STOP, startUpstream, type Upstream } from "./_upstream.ts";
import { usePostgres } from "./real_postgres.ts";

const found = await usePostgres("what several servers do together");

const SSE = "/admin/api/chat/stream";
const ask = (url: string, question = "Q") =>
  openSse(`${url}${SSE}`, { method: "POST", body: JSON.stringify({ question }) });
const watch = (url: string, answerId: string) => openSse(`${url}/v1/answers/${answerId}/stream`);
const idOf = (reader: SseReader) => String(reader.headers["x-answer-id"]);

/** The text of a stream of chunks, as a client assembles it. */
function textOf({ frames }: SseReader): string {
  return frames.map(({ json }) => json?.choices?.[0]?.delta?.content ?? "").join("");
}

if (found !== undefined) {
  const postgres = found;
  describeWithAnyRedis("Replicas", () => {
    let redis: { url: string } & AsyncDisposable;
    beforeAll(async () => {
      redis = await anyRedis();
      return () => redis[Symbol.asyncDispose]();
    });

    async function sharedEnvironment() {
      return { DATABASE_URL: await postgres.create(), REDIS_URL: redis.url };
    }

    async function pair(upstream: Upstream, options: { hasAdministrator?: boolean; config?: ConfigFile } = {}) {
      const environment = await sharedEnvironment();
      const config = options.config ?? oneProvider(upstream.url);
      // At the same moment, as a deployment starts them.
      const [one, other] = await Promise.all([
        startServer({ ...options, environment, config }),
        startServer({ ...options, environment, config }),
      ]);
      return {
        one,
        other,
        async [Symbol.asyncDispose]() {
          await Promise.all([one[Symbol.asyncDispose](), other[Symbol.asyncDispose]()]);
        },
      };
    }

    test("an answer of one server is read live over another, with the same cursors, and the provider is asked once", async () => {
      const faucet = new Faucet();
      await using upstream = await startUpstream(() => ({ headers: EVENT_STREAM, pieces: faucet }));
      await using servers = await pair(upstream);
      const here = await ask(servers.one.url);
      faucet.pour(...chatStream("Hello ", "from ").slice(0, -1));
      await here.until(({ raw }) => raw.includes("from "));
      const answerId = idOf(here);
      const there = await openSse(`${servers.other.url}${SSE}`, {
        headers: { "last-event-id": here.frames.find(({ id }) => id !== undefined)?.id ?? "" },
      });
      const chunks = await watch(servers.other.url, answerId);
      await there.until(({ raw }) => raw.includes("from "));
      faucet.pour(...chatStream("afar", STOP));
      faucet.close();
      await Promise.all([here.closed, there.closed, chunks.closed]);
      expect(textOf(chunks)).toBe("Hello from afar");
      expect(there.frames.at(-1)?.id).toBe(here.frames.at(-1)?.id);
      expect(upstream.requests.length).toBe(1);
      const view = (await (await servers.other.fetch(`/v1/answers/${answerId}`)).json()) as { text: string };
      expect(view.text).toBe("Hello from afar");
    });

    test("an answer is cancelled over a server that does not carry it", async () => {
      const faucet = new Faucet();
      await using upstream = await startUpstream(() => ({ headers: EVENT_STREAM, pieces: faucet }));
      await using servers = await pair(upstream);
      const here = await ask(servers.one.url);
      faucet.pour(...chatStream("Some ").slice(0, -1));
      await here.until(({ raw }) => raw.includes("Some "));
      const response = await servers.other.fetch(`/v1/answers/${idOf(here)}`, { method: "DELETE" });
      expect(await response.json()).toMatchObject({ cancelled: true });
      await here.closed;
      expect(here.text).toContain("cancelled");
    });

    test("whoever signed in at one server is signed in at the other", async () => {
      await using upstream = await startUpstream(() => ({ headers: EVENT_STREAM, pieces: chatStream("x", STOP) }));
      await using servers = await pair(upstream, { hasAdministrator: true });
      const cookie = await servers.one.signIn();
      const asked = await servers.one.post(SSE, { question: "Mine" }, { cookie });
      await asked.text();
      const answerId = asked.headers.get("x-answer-id") ?? "";
      expect((await servers.other.fetch(`/v1/answers/${answerId}`, { headers: { cookie } })).status).toBe(200);
      expect((await servers.other.fetch(`/v1/answers/${answerId}`)).status, "another owner").toBe(404);
    });

    test("the same idempotency key at two servers at once begins one answer", async () => {
      const faucet = new Faucet();
      await using upstream = await startUpstream(() => ({ headers: EVENT_STREAM, pieces: faucet }));
      await using servers = await pair(upstream);
      const body = JSON.stringify({ model: "default", stream: true, messages: [{ role: "user", content: "Q" }] });
      const headers = { "idempotency-key": "once", "content-type": "application/json" };
      const both = [servers.one, servers.other].map(({ url }) =>
        openSse(`${url}/v1/chat/completions`, { method: "POST", body, headers }),
      );
      const readers = await Promise.all(both);
      faucet.pour(...chatStream("Only once", STOP));
      faucet.close();
      await Promise.all(readers.map(({ closed }) => closed));
      expect(readers.map(textOf)).toEqual(["Only once", "Only once"]);
      expect(new Set(readers.map(idOf)).size).toBe(1);
      expect(upstream.requests.length).toBe(1);
    });

    test("a server that is killed leaves its answers to another, and their readers get exactly the rest", async () => {
      const faucet = new Faucet();
      let calls = 0;
      await using upstream = await startUpstream(() => {
        calls += 1;
        const rest = "The second half of the answer goes on from where the first one ended, word by word.";
        return { headers: EVENT_STREAM, pieces: calls === 1 ? faucet : chatStream(rest, STOP) };
      });
      const environment = await sharedEnvironment();
      const directory = await mkdtemp(join(tmpdir(), "cogniforge-replica-"));
      await writeFile(join(directory, "cogniforge.config.json"), JSON.stringify(oneProvider(upstream.url)));
      try {
        await using dying = await startChild(directory, environment);
        await using heir = await startServer({ environment, config: oneProvider(upstream.url) });
        const body = JSON.stringify({ question: "Q" });
        const first = await openSse(`${dying.url}${SSE}`, { method: "POST", body });
        faucet.pour(...chatStream("Short. ").slice(0, -1));
        await first.until(({ raw }) => raw.includes("Short. "));
        const answerId = idOf(first);
        const reader = await watch(heir.url, answerId);
        dying.process.kill("SIGKILL");
        await Promise.all([first.closed, reader.closed]);
        const view = (await (await heir.fetch(`/v1/answers/${answerId}`)).json()) as { text: string };
        expect(textOf(reader)).toBe(view.text);
        expect(view.text.startsWith("Short. ")).toBe(true);
        expect(calls).toBe(2);
      } finally {
        await rm(directory, { recursive: true });
      }
    });

    test("a server that starts later does not ask a target again that another one knows to be down", async () => {
      await using broken = await startUpstream(() => ({ status: 401, headers: JSON_TYPE, pieces: ["{}"] }));
      await using upstream = await startUpstream(() => ({ headers: EVENT_STREAM, pieces: chatStream("x", STOP) }));
      const at = (url: string) => ({ dialect: "openai-chat", baseUrl: `${url}/v1`, model: "model-1" }) as const;
      const config: ConfigFile = {
        providers: { down: at(broken.url), up: at(upstream.url) },
        routes: { default: { targets: [{ provider: "down" }, { provider: "up" }], maxRetries: 0 } },
      };
      const environment = await sharedEnvironment();
      const answer = async () => {
        await using server = await startServer({ environment, config });
        const reader = await ask(server.url);
        await reader.closed;
        expect(server.errors).toEqual([]);
      };
      await answer();
      expect([broken.requests.length, upstream.requests.length]).toEqual([1, 1]);
      await answer();
      expect([broken.requests.length, upstream.requests.length]).toEqual([1, 2]);
    });

    test("the requests that a user may make in a minute are counted over all servers", async () => {
      await using upstream = await startUpstream(() => ({ headers: EVENT_STREAM, pieces: chatStream("x", STOP) }));
      const environment = { ...(await sharedEnvironment()), COGNIFORGE_REQUESTS_PER_MINUTE: "3" };
      const options = { environment, config: oneProvider(upstream.url), hasAdministrator: true };
      await using one = await startServer(options);
      await using other = await startServer(options);
      const cookie = await one.signIn();
      const statuses: number[] = [];
      for (const server of [one, other, one, other]) {
        const response = await server.post(SSE, { question: "Q" }, { cookie });
        statuses.push(response.status);
        await response.text();
      }
      expect(statuses).toEqual([200, 200, 200, 429]);
    });

    test("a route that is changed at one server holds at the other, and a change on top of an older one is refused there", async () => {
      await using upstream = await startUpstream(() => ({ headers: EVENT_STREAM, pieces: chatStream("x", STOP) }));
      const target = (provider: string) => ({ provider, model: "m" });
      const providers = {
        first: { dialect: "mock" as const, text: "from first", paceMs: 0, model: "m" },
        second: { dialect: "mock" as const, text: "from second", paceMs: 0, model: "m" },
      };
      await using servers = await pair(upstream, { config: { providers } });
      const [one, other] = [overHttp(servers.one.url), overHttp(servers.other.url)];
      const settings = { targets: [target("second"), target("first")] };
      await one.settings.saveRoute.mutate({ route: "default", after: 0, settings });
      const leads = async () => (await other.providers.list.query())[0]?.targets[0]?.provider;
      await vi.waitFor(async () => expect(await leads()).toBe("second"), { timeout: 10_000, interval: 20 });
      const settingsOnTop = { targets: [target("first")] };
      const late = await other.settings.saveRoute.mutate({ route: "default", after: 0, settings: settingsOnTop });
      expect(late).toMatchObject({ isSaved: false });
    });

    test("a wrong address ends the start within seconds, says what to do in both languages, and shows no password", async () => {
      const { DATABASE_URL } = await sharedEnvironment();
      const wrong = [
        { DATABASE_URL, REDIS_URL: "redis://:hush-hush@127.0.0.1:1" },
        { DATABASE_URL: "postgres://me:hush-hush@127.0.0.1:1/none", REDIS_URL: redis.url },
        { DATABASE_URL, REDIS_URL: "" },
      ];
      for (const environment of wrong) {
        const beganAt = performance.now();
        const error = await startServer({ environment }).then(
          () => undefined,
          (reason: unknown) => reason as Error & { format(): string },
        );
        expect(performance.now() - beganAt).toBeLessThan(8_000);
        const text = error?.format() ?? "";
        expect(text).not.toContain("hush-hush");
        expect(text).toMatch(/\p{Script=Arabic}{3}/u);
        expect(text).toMatch(/REDIS_URL|Redis|PostgreSQL|DATABASE_URL/);
      }
    });
  });
}
