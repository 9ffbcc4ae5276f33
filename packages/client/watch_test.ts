import { once } from "node:events";
import { expect, test } from "vitest";
import { WebSocket as WsWebSocket } from "ws";
import { type ClientOptions, ConnectionError, DisagreementError, FailureError, type TransportName } from "./mod.ts";
import { readAll, setStage } from "./testing/stage.ts";

const TRANSPORTS: TransportName[] = ["websocket", "sse", "polling"];
const ID = "answer-00000001";
const WORDS = ["مرحبًا ", "بكم", " – hello ", "👩‍💻", "\n\n  ", "text", " end."];

test.each(TRANSPORTS)("watch() gives the exact text, live, over %s", async (transport) => {
  const { server, client, states, onTransport } = await setStage({ transports: [transport] });
  const answer = server.add(ID);
  const words = [...WORDS];
  const { text, events } = await readAll(client.watch(ID, { onTransport }), () => {
    const word = words.shift();
    if (word !== undefined) answer.say(word);
    else if (!answer.isEnded) answer.end();
  });
  expect(text).toBe(WORDS.join(""));
  expect(events.map(({ seq }) => seq)).toEqual(answer.events.map(({ seq }) => seq));
  expect(states).toEqual([
    { transport, state: "connecting" },
    { transport, state: "active" },
  ]);
});

test.each(TRANSPORTS)("watch() gives a late reader a snapshot and then the rest over %s", async (transport) => {
  const { server, client } = await setStage({ transports: [transport] });
  const answer = server.add(ID).say("One ", "two ");
  const stream = client.watch(ID);
  const { text, events } = await readAll(stream, ({ type }) => {
    if (type === "snapshot") answer.say("three").end();
  });
  expect(text).toBe("One two three");
  expect(events.map(({ type }) => type)).toEqual(["answer-start", "snapshot", "text-delta", "answer-end"]);
  expect(stream.state.text).toBe("One two three");
  expect(stream.cursor).toBe(answer.cursor(answer.events.length));
});

test.each(TRANSPORTS)("watch() loses and repeats nothing when %s is cut at every point", async (transport) => {
  const { server, proxy, client } = await setStage({ transports: [transport] });
  const text = WORDS.join("").repeat(3);
  const answer = server.add(ID);
  let connection = 0;
  // Each connection may bring a little more than the one before, so that cuts fall into heads, frames and characters.
  proxy.bytesUntilCut = () => 150 + 13 * connection++;
  const left = [...WORDS, ...WORDS, ...WORDS];
  const { text: read, events } = await readAll(client.watch(ID), () => {
    const word = left.shift();
    if (word !== undefined) answer.say(word);
    else if (!answer.isEnded) answer.end();
  });
  expect(read).toBe(text);
  const seqs = events.filter(({ type }) => type !== "snapshot").map(({ seq }) => seq);
  expect(new Set(seqs).size).toBe(seqs.length);
  expect(connection).toBeGreaterThan(10);
});

test("watch() goes on from a cursor with exactly the rest", async () => {
  const { server, client } = await setStage();
  const answer = server.add(ID).say("One ", "two ", "three").end();
  const seqs: number[] = [];
  for await (const { seq } of client.watch(ID, { cursor: answer.cursor(3) })) seqs.push(seq);
  expect(seqs).toEqual([4, 5, 6]);
});

test("watch() checks the whole text from a cursor with its state", async () => {
  const { server, client } = await setStage();
  const answer = server.add(ID);
  const first = client.watch(ID);
  await first.next();
  await first.next();
  answer.say("One ");
  await first.next();
  const { cursor, state } = first;
  await first.return();
  answer.say("two").end();
  const second = client.watch(ID, { cursor, state });
  for await (const _ of second);
  expect(second.state.text).toBe("One two");
  const wrong = { ...state, text: "Ten " };
  const other = await readAll(client.watch(ID, { cursor, state: wrong }), () => {}, wrong);
  expect(other.text).toBe("One two");
  expect(other.events.map(({ type }) => type)).toEqual(["text-delta", "snapshot", "answer-end"]);
});

test("watch() goes to Server-Sent Events where the WebSocket is refused, and remembers it", async () => {
  const { server, proxy, clock, client, states, onTransport } = await setStage();
  proxy.refusesUpgrades = true;
  server.add(ID).say("Text").end();
  expect((await readAll(client.watch(ID, { onTransport }))).text).toBe("Text");
  expect(states).toEqual([
    { transport: "websocket", state: "connecting" },
    { transport: "sse", state: "connecting" },
    { transport: "sse", state: "active" },
  ]);
  states.length = 0;
  await readAll(client.watch(ID, { onTransport }));
  expect(states[0]).toEqual({ transport: "sse", state: "connecting" });
  clock.advance(300_000);
  proxy.refusesUpgrades = false;
  states.length = 0;
  await readAll(client.watch(ID, { onTransport }));
  expect(states.at(-1)).toEqual({ transport: "websocket", state: "active" });
});

test("watch() polls where the WebSocket is refused and streams are held back", async () => {
  const { server, proxy, clock, client, states, onTransport } = await setStage();
  proxy.refusesUpgrades = true;
  proxy.holdsStreams = true;
  const answer = server.add(ID);
  proxy.once("held", () => clock.advance(4_000));
  const words = [...WORDS];
  const { text } = await readAll(client.watch(ID, { onTransport }), () => {
    const word = words.shift();
    if (word !== undefined) answer.say(word);
    else if (!answer.isEnded) answer.end();
  });
  expect(text).toBe(WORDS.join(""));
  expect(states).toEqual([
    { transport: "websocket", state: "connecting" },
    { transport: "sse", state: "connecting" },
    { transport: "polling", state: "connecting" },
    { transport: "polling", state: "active" },
  ]);
  // The first questions are short, so that news come at once also through proxies that cut long waits.
  expect(server.reads.slice(0, 3)).toEqual([0, 5_000, 25_000]);
});

test("watch() polls for shorter where a proxy cuts long waits", async () => {
  const { server, proxy, clock, client } = await setStage({ transports: ["polling"] });
  const answer = server.add(ID);
  server.on("read", (waitMs) => {
    if (waitMs === 2_500) answer.end();
    if (waitMs <= 2_500) return;
    clock.advance(3_000);
    proxy.cutAll();
  });
  await readAll(client.watch(ID));
  expect(server.reads).toEqual([0, 5_000, 0, 2_500]);
});

test.each(["websocket", "sse"] as const)("watch() comes back when a living %s goes silent", async (transport) => {
  const { server, proxy, clock, client, states, onTransport } = await setStage({
    transports: [transport, "polling"],
    WebSocket: WsWebSocket as NonNullable<ClientOptions["WebSocket"]>,
  });
  const answer = server.add(ID);
  proxy.once("swallowed", () => {
    proxy.swallows = false;
    clock.advance(15_000);
  });
  const { text } = await readAll(client.watch(ID, { onTransport }), ({ seq }) => {
    if (seq === 2) {
      proxy.swallows = true;
      answer.say("Lost on the way, ");
    }
    if (seq === 3) answer.say("but only once").end();
  });
  expect(text).toBe("Lost on the way, but only once");
  expect(states.map(({ state }) => state)).toEqual(["connecting", "active", "reconnecting", "active"]);
  expect(states.at(-1)?.transport).toBe(transport);
});

test("watch() heals by itself when the server restarts, and climbs back to its transport", async () => {
  const { server, proxy, client, states, onTransport } = await setStage();
  const answer = server.add(ID);
  let refusals = 0;
  proxy.on("bad-gateway", () => {
    refusals += 1;
    if (refusals === 7) proxy.answersBadGateway = false;
  });
  server.on("watch", () => {
    if (server.watches === 2) answer.say("Survived").end();
  });
  const { text } = await readAll(client.watch(ID, { onTransport }), ({ seq }) => {
    if (seq !== 2) return;
    proxy.answersBadGateway = true;
    proxy.cutAll();
  });
  expect(text).toBe("Survived");
  expect(refusals).toBe(7);
  // One quick question told that the server is back; the answer was silent then, and nobody waited for its next word.
  expect(server.reads).toEqual([0]);
  expect(states.at(-1)).toEqual({ transport: "websocket", state: "active" });
});

test.each(TRANSPORTS)("watch() waits out a server that drains, over %s", async (transport) => {
  const { server, client } = await setStage({ transports: [transport] });
  server.add(ID).say("Text").end();
  server.breakdown = "SERVICE_UNAVAILABLE";
  let calls = 0;
  server.on(transport === "polling" ? "read" : "watch", () => {
    calls += 1;
    if (calls === 4) server.breakdown = undefined;
  });
  expect((await readAll(client.watch(ID))).text).toBe("Text");
  expect(calls).toBeGreaterThanOrEqual(4);
});

test("watch() blames no transport for a server that drains", async () => {
  const { server, client, states, onTransport } = await setStage();
  server.add(ID).say("Text").end();
  server.breakdown = "SERVICE_UNAVAILABLE";
  server.on("watch", () => {
    if (server.watches === 5) server.breakdown = undefined;
  });
  await readAll(client.watch(ID, { onTransport }));
  expect(new Set(states.map(({ transport }) => transport))).toEqual(new Set(["websocket"]));
});

test("watch() throws the server's own word when all that comes is its failure", async () => {
  const { server, client } = await setStage({ policy: { giveUpAfterMs: 0 } });
  server.breakdown = "SERVICE_UNAVAILABLE";
  const error = await readAll(client.watch(ID)).catch((cause) => cause);
  expect(error).toMatchObject({ name: "FailureError", code: "draining", status: 503 });
});

test("watch() does not ask without end when a server answers polls at once", async () => {
  const { server, clock, client } = await setStage({ transports: ["polling"], surroundings: { random: () => 0.99 } });
  const answer = server.add(ID);
  server.isHasty = true;
  const waiting = clock.timerOf(Math.round(0.99 * 250));
  const reading = readAll(client.watch(ID));
  await waiting;
  expect(server.reads).toEqual([0, 5_000]);
  answer.end();
  clock.advance(250);
  expect((await reading).events.at(-1)?.type).toBe("answer-end");
});

test.each(TRANSPORTS)("watch() keeps the connection of a reader that takes its time over %s", async (transport) => {
  const { server, clock, client } = await setStage({ transports: [transport] });
  const answer = server.add(ID);
  await readAll(client.watch(ID), ({ seq }) => {
    if (seq === 1) clock.advance(600_000);
    if (seq === 2) answer.say("Text").end();
  });
  expect(server.watches + server.reads.length).toBe(transport === "polling" ? 2 : 1);
});

test("watch() throws a ConnectionError only when HTTP itself fails", async () => {
  const { proxy, client } = await setStage({ policy: { giveUpAfterMs: 0 } });
  proxy.answersBadGateway = true;
  const error = await readAll(client.watch(ID)).catch((cause) => cause);
  expect(error).toBeInstanceOf(ConnectionError);
  expect(error.status).toBe(502);
  expect(error.info.message.ar).not.toBe("");
});

test("watch() keeps trying until the time to give up has passed", async () => {
  const { proxy, clock, client, states, onTransport } = await setStage();
  proxy.answersBadGateway = true;
  let refusals = 0;
  proxy.on("bad-gateway", () => {
    refusals += 1;
    if (refusals === 50) clock.advance(120_000);
  });
  await expect(readAll(client.watch(ID, { onTransport }))).rejects.toThrow(ConnectionError);
  expect(refusals).toBeGreaterThanOrEqual(50);
  expect(states.at(-1)).toEqual({ transport: "polling", state: "reconnecting" });
});

test("watch() counts the time to give up anew after each time that it got through", async () => {
  const { server, proxy, clock, client } = await setStage();
  const answer = server.add(ID);
  proxy.answersBadGateway = true;
  let refusals = 0;
  proxy.on("bad-gateway", () => {
    refusals += 1;
    if (refusals % 3 === 0) proxy.answersBadGateway = false;
  });
  const { events } = await readAll(client.watch(ID), ({ seq }) => {
    if (seq !== 2) return;
    clock.advance(120_000);
    proxy.answersBadGateway = true;
    proxy.cutAll();
    answer.end();
  });
  expect(events.at(-1)?.type).toBe("answer-end");
});

test("watch() tries at once when the network comes back", async () => {
  const { server, proxy, clock, network, client } = await setStage({
    transports: ["polling"],
    surroundings: { random: () => 0.99 },
  });
  server.add(ID).end();
  proxy.answersBadGateway = true;
  const waiting = clock.timerOf(Math.round(0.99 * 250));
  const reading = readAll(client.watch(ID));
  await waiting;
  proxy.answersBadGateway = false;
  network.dispatchEvent(new Event("online"));
  expect((await reading).events.at(-1)?.type).toBe("answer-end");
});

test.each(["websocket", "sse"] as const)("watch() trusts no %s that is older than the network", async (transport) => {
  const { server, proxy, network, client, states, onTransport } = await setStage({ transports: [transport] });
  const answer = server.add(ID);
  proxy.once("swallowed", () => {
    proxy.swallows = false;
    network.dispatchEvent(new Event("online"));
  });
  const { text } = await readAll(client.watch(ID, { onTransport }), ({ seq }) => {
    if (seq !== 2) return;
    proxy.swallows = true;
    answer.say("Text").end();
  });
  expect(text).toBe("Text");
  expect(states.map(({ state }) => state)).toEqual(["connecting", "active", "reconnecting", "active"]);
});

test.each(TRANSPORTS)("watch() throws what the server refuses, over %s", async (transport) => {
  const { client } = await setStage({ transports: [transport] });
  const error = await readAll(client.watch("unknown-answer")).catch((cause) => cause);
  expect(error).toBeInstanceOf(FailureError);
  expect(error).not.toBeInstanceOf(ConnectionError);
  expect(error).toMatchObject({ code: "answer-not-found", status: 404, remedy: { ar: "أعد المحاولة" } });
});

test.each(TRANSPORTS)("watch() stops at once when aborted and leaves nothing open over %s", async (transport) => {
  const { server, proxy, clock, client } = await setStage({ transports: [transport] });
  server.add(ID);
  const controller = new AbortController();
  const stream = client.watch(ID, { signal: controller.signal });
  await stream.next();
  await stream.next();
  const isPolled = transport === "polling" && once(server, "read");
  const pending = stream.next();
  await isPolled;
  const reason = new Error("The page was left");
  controller.abort(reason);
  await expect(pending).rejects.toBe(reason);
  await expect(stream.next()).resolves.toEqual({ done: true, value: undefined });
  expect(clock.pending).toBe(0);
  // Answered polls leave the runtime's own idle connections behind, which it keeps for a while; the one that waited is closed.
  await (transport === "polling" ? once(proxy, "closed") : proxy.idle());
});

test.each(TRANSPORTS)("watch() stops at once when returned from while waiting over %s", async (transport) => {
  const { server, clock, client } = await setStage({ transports: [transport] });
  server.add(ID);
  await using stream = client.watch(ID);
  await stream.next();
  await stream.next();
  const pending = stream.next();
  await stream.return();
  await expect(pending).resolves.toEqual({ done: true, value: undefined });
  expect(clock.pending).toBe(0);
});

test("watch() fetches the answer anew when a part is missing, and gives a snapshot that replaces it", async () => {
  const { server, client } = await setStage({ transports: ["sse"] });
  const answer = server.add(ID);
  server.tamper = (event) => {
    if (event.type !== "text-delta" || event.offset === 0) return event;
    server.tamper = (untouched) => untouched;
    return { ...event, offset: event.offset + 3 };
  };
  const { text, events } = await readAll(client.watch(ID), ({ seq }) => {
    if (seq === 2) answer.say("One ", "two ", "three").end();
  });
  expect(text).toBe("One two three");
  expect(events.map(({ type }) => type)).toContain("snapshot");
  expect(server.watches).toBe(2);
});

test("watch() checks the length of what it knows only from a cursor on", async () => {
  const { server, client } = await setStage({ transports: ["sse"] });
  const answer = server.add(ID).say("One ", "two ", "three").end();
  server.tamper = (event) => (event.type === "text-delta" ? { ...event, text: event.text.slice(1) } : event);
  const types: string[] = [];
  for await (const { type } of client.watch(ID, { cursor: answer.cursor(4) })) types.push(type);
  expect(types).toEqual(["text-delta", "snapshot", "answer-end"]);
});

test("watch() throws when the caller's cursor is none of the answer", async () => {
  const { server, client } = await setStage();
  server.add(ID).end();
  const reading = readAll(client.watch(ID, { cursor: "answer-00000002.3" }));
  await expect(reading).rejects.toMatchObject({ code: "invalid-cursor", status: 400 });
});

test("watch() fetches the answer anew when the server no longer knows its own cursor", async () => {
  const { server, proxy, client } = await setStage();
  const answer = server.add(ID);
  server.knowsNoCursor = true;
  const { text, events } = await readAll(client.watch(ID), ({ seq }) => {
    if (seq === 2) answer.say("One ");
    if (seq === 3) {
      proxy.cutAll();
      answer.say("two").end();
    }
  });
  expect(text).toBe("One two");
  expect(events.map(({ type }) => type)).toEqual([
    "answer-start",
    "attempt-start",
    "text-delta",
    "snapshot",
    "answer-end",
  ]);
});

test("watch() hands no end over whose hash is not that of the text", async () => {
  const { server, client } = await setStage({ transports: ["websocket"] });
  server
    .add(ID)
    .say("Text")
    .end({ sha256: "0".repeat(64) });
  const events: string[] = [];
  const reading = readAll(client.watch(ID), ({ type }) => events.push(type));
  await expect(reading).rejects.toThrow(DisagreementError);
  expect(events).not.toContain("answer-end");
  expect(server.watches).toBe(2);
});

test.each(TRANSPORTS)("watch() sends the headers of a program over %s", async (transport) => {
  const headers = { authorization: "Bearer key" };
  const { server, client } = await setStage({ transports: [transport], headers: () => headers });
  server.add(ID).end();
  await readAll(client.watch(ID));
  expect(new Set(server.authorizations)).toEqual(new Set(["Bearer key"]));
});
