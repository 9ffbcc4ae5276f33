import assert from "node:assert/strict";
import { connect, createServer, type Server, type Socket } from "node:net";
import { after, test } from "node:test";
import { startUpstream, type Upstream } from "../process/helpers.ts";
import { runJob } from "./run_job.ts";

const load = { door: "chat", model: "short", isStreamed: true, headers: "", lanes: 3, answersEach: 4 } as const;
let upstream: Upstream | undefined;
after(() => upstream?.child.stop());

/** Passes bytes on and changes those that come back: a server that breaks streams. */
async function breaker(port: number, change: (text: string) => string | undefined): Promise<Server> {
  const server = createServer((socket: Socket) => {
    const behind = connect({ host: "127.0.0.1", port });
    socket.on("error", () => behind.destroy());
    behind.on("error", () => socket.destroy());
    socket.pipe(behind);
    behind.on("data", (bytes) => {
      const changed = change(bytes.toString("latin1"));
      if (changed === undefined) socket.destroy();
      else socket.write(changed, "latin1");
    });
    socket.on("close", () => behind.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}

const portOf = (server: Server) => (server.address() as { port: number }).port;

test("runJob() counts every answer of the fake upstream as whole, streamed or not", async () => {
  upstream ??= await startUpstream(undefined);
  for (const isStreamed of [true, false]) {
    const { answers, broken, tokens, firstToken } = await runJob({ ...load, isStreamed, port: upstream.port });
    assert.deepEqual({ answers, broken, tokens }, { answers: 12, broken: {}, tokens: 240 });
    assert.equal(firstToken.count, 12);
  }
});

test("runJob() counts answers that a server between has broken", async () => {
  upstream ??= await startUpstream(undefined);
  const changes: [string, (text: string) => string | undefined][] = [
    ["garbled", (text) => text.replace("00007@", "0000x@")],
    ["repeated", (text) => text.replace("00007@", "00006@")],
    ["missing", (text) => text.replace("00007@", "00009@")],
    ["no end", (text) => text.replace("[DONE]", "[GONE]")],
    ["cut", (text) => (text.includes("00019@") ? undefined : text)],
  ];
  for (const [fault, change] of changes) {
    const server = await breaker(upstream.port, change);
    const { answers, broken } = await runJob({ ...load, port: portOf(server) });
    server.close();
    assert.deepEqual({ answers, broken }, { answers: 0, broken: { [fault]: 12 } });
  }
});
