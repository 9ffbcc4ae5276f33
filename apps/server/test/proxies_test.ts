// The proxies of deploy/proxies, run from those files in front of real servers.

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import { type Child, startChild } from "./_child.ts";
import { parseExposition } from "./_exposition.ts";
import { Faucet } from "./_faucet.ts";
import { PROXIES, type ProxyKind, type TestProxy } from "./_proxies.ts";
import { freePort, trpcReader } from "./_readers.ts";
import { redisBinary, startRedis } from "./_redis.ts";
import { ADMINISTRATOR, KEY, oneProvider, startServer, type TestServer, type TestServerOptions } from "./_server.ts";
import { openSse, type SseReader } from "./_sse_reader.ts";
import { overHttp } from "./_trpc_client.ts";
import { chatStream, EVENT_STREAM, STOP, startUpstream } from "./_upstream.ts";
import { noteNotRun } from "./not_run.ts";
import { usePostgres } from "./real_postgres.ts";

vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 });

const SSE = "/admin/api/chat/stream";
const BY_KEY = { authorization: `Bearer ${KEY}` };
const SOON = { timeout: 15_000 };

const present = PROXIES.filter(({ binary }) => binary !== undefined);
for (const { name } of PROXIES.filter(({ binary }) => binary === undefined)) {
  noteNotRun(`the tests of deploy/proxies with ${name}`, "it is not on this machine");
}
const postgres = present.length === 0 ? undefined : await usePostgres("a server that dies behind the proxies");
if (redisBinary === undefined) {
  noteNotRun("a server that dies behind the proxies", "there is no redis-server or valkey-server on PATH");
}

/** One server, which is both of the proxy's. */
async function behind(
  { start }: ProxyKind,
  options: TestServerOptions = {},
): Promise<{ proxy: TestProxy; server: TestServer } & AsyncDisposable> {
  const environment = { COGNIFORGE_TRUSTED_PROXIES: "loopback", ...options.environment };
  const server = await startServer({ ...options, environment });
  const proxy = await start([server.url, server.url]);
  return {
    proxy,
    server,
    async [Symbol.asyncDispose]() {
      await proxy[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    },
  };
}

/** The text that a reader of the plain route has; each of its positions once. */
function textOf(...readers: SseReader[]): string {
  const frames = readers.flatMap((reader) => reader.ofType("data"));
  expect(new Set(frames.map(({ id }) => id)).size).toBe(frames.length);
  return frames.map(({ json }) => json.data).join("");
}

describe.each(present)("$name", (proxyKind) => {
  test("lets the first byte and every event through as they come, and tells the server when the reader leaves", async () => {
    const faucet = new Faucet();
    await using upstream = await startUpstream(() => ({ headers: EVENT_STREAM, pieces: faucet }));
    await using world = await behind(proxyKind, { config: oneProvider(upstream.url) });
    // Nothing is poured yet: what comes is the server's own first word.
    const reader = await openSse(`${world.proxy.url}${SSE}?question=Q`);
    await expect.poll(() => reader.text, SOON).toContain(": ping");
    for (let at = 1; at <= 20; at++) {
      faucet.pour(...chatStream(`piece${at} `).slice(0, -1));
      await reader.until(({ raw }) => raw.includes(`piece${at} `));
    }
    expect(world.server.app.activity().followed).toBe(1);
    reader.leave();
    await expect.poll(() => world.server.app.activity().followed, SOON).toBe(0);
    faucet.close();
  });

  test("lets a WebSocket through, both ways", async () => {
    await using upstream = await startUpstream(() => ({
      headers: EVENT_STREAM,
      pieces: chatStream("Over ", "a socket", STOP),
    }));
    await using world = await behind(proxyKind, { config: oneProvider(upstream.url) });
    const answerId = "answer-over-a-socket";
    await overHttp(world.proxy.url).answers.start.mutate({ answerId, question: "Q" });
    expect(await trpcReader(world.proxy.url, answerId, "websocket").text).toBe("Over a socket");
  });

  test("tells who calls by itself: callers can't give themselves another address, host or protocol", async () => {
    await using world = await behind(proxyKind, {
      hasAdministrator: true,
      environment: { ALLOW_MOCK_LLM: "true" },
    });
    const { url } = world.proxy;
    const signIn = (password: string, forwarded: Record<string, string>) =>
      fetch(`${url}/api/auth/sign-in/email`, {
        method: "POST",
        headers: { "content-type": "application/json", origin: url, ...forwarded },
        body: JSON.stringify({ email: ADMINISTRATOR.email, password }),
      });
    const right = await signIn(ADMINISTRATOR.password, { "x-forwarded-proto": "https" });
    expect(right.status, "the proxy passes on its own name, with the port").toBe(200);
    expect(right.headers.getSetCookie().join()).not.toContain("Secure");
    const statuses: number[] = [];
    for (let at = 0; at < 10; at++) {
      const lie = `198.51.100.${at}`;
      statuses.push((await signIn("wrong password", { "x-forwarded-for": lie, forwarded: `for=${lie}` })).status);
    }
    expect(statuses.at(-1)).toBe(429);
  });

  test("asks the other server where the first can't be reached, and none twice where one has heard the request", async () => {
    let heard = 0;
    const dying = createServer((request, response) => {
      if (request.url === "/readyz") return void response.end();
      heard += 1;
      request.socket.destroy();
    });
    await new Promise<void>((resolve) => dying.listen(0, "127.0.0.1", resolve));
    const address = `http://127.0.0.1:${(dying.address() as AddressInfo).port}`;
    try {
      for (const [index, init] of [{}, { method: "POST", body: "question=Q" }].entries()) {
        // A new one for each: both of its servers count as down after this.
        await using proxy = await proxyKind.start([address, address]);
        const response = await fetch(`${proxy.url}${SSE}?question=Q`, { ...init, headers: BY_KEY });
        expect(response.status).toBe(502);
        expect(heard).toBe(index + 1);
      }
    } finally {
      dying.close();
    }
    await using server = await startServer({ environment: { ALLOW_MOCK_LLM: "true" } });
    await using proxy = await proxyKind.start([`http://127.0.0.1:${await freePort()}`, server.url]);
    const asked = Array.from({ length: 8 }, () => fetch(`${proxy.url}/v1/models`, { headers: BY_KEY }));
    expect((await Promise.all(asked)).map(({ status }) => status)).toEqual(Array(8).fill(200));
  });

  test.runIf(postgres !== undefined && redisBinary !== undefined)(
    "brings a reader whose server dies in the middle to the other one, for exactly the rest",
    async () => {
      const faucet = new Faucet();
      let calls = 0;
      const rest = "The second half of the answer goes on from where the first one ended, word by word.";
      await using upstream = await startUpstream(() => {
        calls += 1;
        return { headers: EVENT_STREAM, pieces: calls === 1 ? faucet : chatStream(rest, STOP) };
      });
      await using redis = await startRedis();
      const directory = await mkdtemp(join(tmpdir(), "cogniforge-proxies-"));
      await writeFile(join(directory, "cogniforge.config.json"), JSON.stringify(oneProvider(upstream.url)));
      const environment = {
        DATABASE_URL: (await postgres?.create()) ?? "",
        REDIS_URL: redis.url,
        COGNIFORGE_TRUSTED_PROXIES: "loopback",
      };
      try {
        const children = await Promise.all([startChild(directory, environment), startChild(directory, environment)]);
        await using one = children[0];
        await using other = children[1];
        await using proxy = await proxyKind.start([one.url, other.url]);
        const first = await openSse(`${proxy.url}${SSE}?question=Q`);
        faucet.pour(...chatStream("Short. ").slice(0, -1));
        await first.until(({ raw }) => raw.includes("Short. "));
        const carriers = await Promise.all([one, other].map(async (child) => ((await carries(child)) ? [child] : [])));
        const [dying, ...others] = carriers.flat();
        expect(others).toEqual([]);
        dying?.process.kill("SIGKILL");
        await first.closed;
        const lastId = first.frames.findLast(({ id }) => id !== undefined)?.id ?? "";
        // At once, and again like any client: the proxy may not know yet that the first one is gone, and repeats nothing by itself.
        const comeBack = () => openSse(`${proxy.url}${SSE}`, { headers: { "last-event-id": lastId } });
        let second = await comeBack();
        while (second.status === 502) second = await comeBack();
        expect(second.status).toBe(200);
        await second.closed;
        const answerId = String(first.headers["x-answer-id"]);
        const view = await fetch(`${proxy.url}/v1/answers/${answerId}`, { headers: BY_KEY });
        const { text } = (await view.json()) as { text: string };
        expect(textOf(first, second)).toBe(text);
        expect(text).toMatch(/^Short\. .*word by word\.$/);
        expect(calls).toBe(2);
      } finally {
        await rm(directory, { recursive: true });
      }
    },
    60_000,
  );
});

/** Whether the server carries an answer now. */
async function carries({ url }: Child): Promise<boolean> {
  const scrape = parseExposition(await (await fetch(`${url}/metrics`, { headers: BY_KEY })).text());
  return scrape.get("cogniforge_running_answers")?.samples[0]?.value === 1;
}
