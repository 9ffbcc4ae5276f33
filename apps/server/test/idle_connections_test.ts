import { readdir, readFile } from "node:fs/promises";
import { expect, test, vi } from "vitest";
import { tempFolder } from "../src/storage/temp_folder.ts";
import { startChild } from "./_child.ts";
import type { RawConnection } from "./_raw.ts";
import { openRaw } from "./_raw.ts";
import { KEY } from "./_server.ts";

/** All of them with `npm run test:long`; opening takes a while, and none may be closed before the last is open. */
const { CONNECTIONS, TIMEOUT_SECONDS } =
  process.env.COGNIFORGE_LONG === "1"
    ? { CONNECTIONS: 10_000, TIMEOUT_SECONDS: 30 }
    : { CONNECTIONS: 1_000, TIMEOUT_SECONDS: 5 };

/** Connections that are opened at the same moment, which is more than Node's usual backlog takes. */
const AT_ONCE = 1_000;

/** What one idle connection may hold in the server, in bytes. */
const BYTES_EACH = 32 * 1024;

/** Bytes of a process that are in memory. */
async function residentBytes(pid: number): Promise<number> {
  return Number(/VmRSS:\s+(\d+) kB/.exec(await readFile(`/proc/${pid}/status`, "utf8"))?.[1]) * 1024;
}

async function openFiles(pid: number): Promise<number> {
  return (await readdir(`/proc/${pid}/fd`)).length;
}

test(`${CONNECTIONS} connections that say nothing hold up nobody, cost little, and are closed after a while`, {
  timeout: 180_000,
}, async () => {
  await using folder = await tempFolder();
  const environment = { ALLOW_MOCK_LLM: "true", COGNIFORGE_REQUEST_TIMEOUT_SECONDS: String(TIMEOUT_SECONDS) };
  await using child = await startChild(folder.path, environment);
  const pid = child.process.pid ?? 0;
  const ask = async () => {
    const began = performance.now();
    const response = await fetch(`${child.url}/v1/chat/completions`, {
      method: "POST",
      headers: { authorization: `Bearer ${KEY}`, "content-type": "application/json", connection: "close" },
      body: JSON.stringify({ model: "default", messages: [{ role: "user", content: "Q" }] }),
    });
    expect(response.status).toBe(200);
    await response.text();
    return performance.now() - began;
  };
  const usualMs = await ask();
  const before = { files: await openFiles(pid), bytes: await residentBytes(pid) };

  using stack = new DisposableStack();
  const connections: RawConnection[] = [];
  const began = performance.now();
  while (connections.length < CONNECTIONS) {
    const opened = Array.from({ length: AT_ONCE }, (_, at) =>
      // From several addresses, as no one address has ports enough to spare.
      stack.use(openRaw(child.url, "", `127.0.0.${2 + (at % 20)}`)),
    );
    await Promise.all(opened.map(({ socket }) => new Promise((resolve) => socket.once("connect", resolve))));
    connections.push(...opened);
  }
  const openedMs = performance.now() - began;
  await vi.waitFor(async () => expect((await openFiles(pid)) - before.files).toBeGreaterThanOrEqual(CONNECTIONS), {
    timeout: 20_000,
    interval: 20,
  });
  const during = { files: await openFiles(pid), bytes: await residentBytes(pid) };
  const tookMs = await ask();
  // Whoever changes its mind and speaks is served like any other.
  const [one] = connections;
  one?.socket.write("GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  expect(await one?.closed).toContain('"alive"');

  const replies = await Promise.all(connections.slice(1).map(({ closed }) => closed));
  const closedMs = performance.now() - began;
  console.log(
    `${CONNECTIONS} opened in ${Math.round(openedMs)} ms; an answer took ${Math.round(tookMs)} ms (${Math.round(usualMs)} without them); ` +
      `${Math.round((during.bytes - before.bytes) / CONNECTIONS)} bytes each; all closed after ${Math.round(closedMs)} ms`,
  );
  expect(replies.filter((reply) => !reply.startsWith("HTTP/1.1 408 "))).toEqual([]);
  // The mock takes its time; what is above that is the connections' doing, and a busy machine's.
  expect(tookMs).toBeLessThan(usualMs * 2 + 2_000);
  expect(during.bytes - before.bytes).toBeLessThan(CONNECTIONS * BYTES_EACH + 32 * 2 ** 20);
  // The files come back; the database and the log keep theirs.
  await vi.waitFor(async () => expect((await openFiles(pid)) - before.files).toBeLessThan(10), {
    timeout: 20_000,
    interval: 20,
  });
  await ask();
});
