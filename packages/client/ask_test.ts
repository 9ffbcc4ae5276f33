import { expect, test } from "vitest";
import { ConnectionError, FailureError } from "./mod.ts";
import { readAll, setStage } from "./testing/stage.ts";

const ID = "answer-00000001";

test("ask() starts an answer and gives its events", async () => {
  const { server, client } = await setStage();
  const asked = await client.ask("Why?");
  expect(asked).toMatchObject({ conversationId: "conversation-1", attached: false });
  expect(asked.answerId).toMatch(/^[0-9a-f]{32}$/);
  server.answers.get(asked.answerId)?.say("Because").end();
  expect((await readAll(asked)).text).toBe("Because");
});

test("ask() gives the whole text as deltas, also what was said before the watching began", async () => {
  const { server, client } = await setStage();
  const asked = await client.ask("Why?");
  server.answers.get(asked.answerId)?.say("Because ", "it ", "is").end();
  const said: string[] = [];
  const types = new Set<string>();
  for await (const event of asked) {
    types.add(event.type);
    if (event.type === "text-delta") said.push(event.text);
  }
  expect(said.join("")).toBe("Because it is");
  expect(types).not.toContain("snapshot");
});

test("ask() asks once however often its start is lost in transit", async () => {
  const { server, proxy, client } = await setStage();
  proxy.repliesToLose = 3;
  const asked = await client.ask({ question: "Why?", answerId: ID });
  expect(server.starts).toBe(4);
  expect(server.asked).toBe(1);
  server.answers.get(ID)?.say("Because").end();
  expect((await readAll(asked)).text).toBe("Because");
});

test("ask() waits out a proxy that has lost its server, and a server that drains", async () => {
  const { server, proxy, client } = await setStage();
  proxy.answersBadGateway = true;
  proxy.once("bad-gateway", () => {
    proxy.answersBadGateway = false;
    server.breakdown = "SERVICE_UNAVAILABLE";
  });
  server.on("start", () => {
    if (server.starts === 3) server.breakdown = undefined;
  });
  await client.ask("Why?");
  expect([server.starts, server.asked]).toEqual([3, 1]);
});

test("ask() takes no reply within the limit for a start that was lost", async () => {
  const { server, proxy, clock, client } = await setStage();
  proxy.swallows = true;
  proxy.once("swallowed", () => {
    proxy.swallows = false;
    clock.advance(20_000);
  });
  await client.ask("Why?");
  expect(server.asked).toBe(1);
});

test("ask() throws what the server refuses, and does not ask again", async () => {
  const { server, client } = await setStage();
  const error = await client.ask("").catch((cause) => cause);
  expect(error).toBeInstanceOf(FailureError);
  expect(error).toMatchObject({ code: "question-empty", status: 400, message: "Failed: question-empty" });
  expect(error.info.message.ar).toBe("فشل: question-empty");
  expect(server.starts).toBe(1);
});

test("ask() throws a ConnectionError when the time to give up has passed", async () => {
  const { proxy, clock, client } = await setStage();
  proxy.answersBadGateway = true;
  let refusals = 0;
  proxy.on("bad-gateway", () => {
    refusals += 1;
    if (refusals === 5) clock.advance(120_000);
  });
  await expect(client.ask("Why?")).rejects.toThrow(ConnectionError);
  expect(refusals).toBe(5);
});

test("ask() stops when aborted and leaves nothing open", async () => {
  const { proxy, clock, client } = await setStage();
  proxy.swallows = true;
  const controller = new AbortController();
  proxy.once("swallowed", () => controller.abort());
  const error = await client.ask("Why?", { signal: controller.signal }).catch((cause) => cause);
  expect(error).toBe(controller.signal.reason);
  expect(clock.pending).toBe(0);
  await proxy.idle();
});

test("cancel() ends the answer for every watcher", async () => {
  const { client } = await setStage();
  const asked = await client.ask("Why?");
  const { events } = await readAll(asked, ({ seq }) => {
    if (seq === 2) void client.cancel(asked.answerId);
  });
  expect(events.at(-1)).toMatchObject({ type: "answer-end", outcome: "cancelled" });
  expect(await client.cancel(asked.answerId)).toBe(false);
});

test("read() and get() give what there is", async () => {
  const { server, client } = await setStage();
  const answer = server.add(ID).say("One ").end();
  const { events, cursor, isEnded } = await client.read({ answerId: ID, cursor: answer.cursor(2) });
  expect(events.map(({ type }) => type)).toEqual(["text-delta", "answer-end"]);
  expect([cursor, isEnded]).toEqual([answer.cursor(4), true]);
  expect(await client.get(ID)).toMatchObject({ status: "completed", text: "One " });
});

test("get() throws a ConnectionError with the status of a proxy that has lost its server", async () => {
  const { proxy, client } = await setStage();
  proxy.answersBadGateway = true;
  const error = await client.get(ID).catch((cause) => cause);
  expect(error).toBeInstanceOf(ConnectionError);
  expect(error).toMatchObject({ code: "unreachable", status: 502 });
});
