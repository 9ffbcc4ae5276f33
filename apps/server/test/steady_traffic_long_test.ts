import { setTimeout as pause } from "node:timers/promises";
import { expect, test } from "vitest";
import { startServer } from "./_server.ts";
import { JSON_TYPE, startUpstream, streamReply } from "./_upstream.ts";

interface Scale {
  outageMs: number;
  /** How long after the recovery the first target is waited for. */
  recoveryMs: number;
  /** Requests that the dead target may get once its breaker is open. */
  mostProbes: number;
}

/**
 * A minute's outage with `npm run test:long`, some seconds of it otherwise. Five failures open the breaker, some are on their way
 * then, and each opening ends with one probe: after 2, 4, 8 and then every 15 seconds at most, less a quarter of jitter. One more or two
 * may be on their way when it ends.
 */
const SCALE: Scale =
  process.env.COGNIFORGE_LONG === "1"
    ? { outageMs: 60_000, recoveryMs: 30_000, mostProbes: 8 }
    : { outageMs: 4_000, recoveryMs: 8_000, mostProbes: 4 };

const EVERY_MS = 100;

/** How long after its death the target has failed often enough, on a busy machine too, and what was on its way has come. */
const OPEN_AFTER_MS = 2_000;

/** Requests after the recovery that show where the traffic goes. */
const AFTERWARDS = 20;

test(`${SCALE.outageMs / 1000} s of 503 under steady traffic lose no request, spare the dead target, and end when it recovers`, {
  timeout: SCALE.outageMs + SCALE.recoveryMs + 60_000,
}, async () => {
  let isDead = false;
  /** When the first target was asked, in `performance.now()`, and whether it was dead then. */
  const asked: { at: number; isDead: boolean }[] = [];
  const recovered = Promise.withResolvers<number>();
  let recoveredAt = Number.POSITIVE_INFINITY;
  await using first = await startUpstream(() => {
    const at = performance.now();
    asked.push({ at, isDead });
    if (isDead) return { status: 503, headers: JSON_TYPE, pieces: ['{"error":{"message":"Overloaded"}}'] };
    if (at > recoveredAt) recovered.resolve(at);
    return streamReply("From the ", "first");
  });
  await using second = await startUpstream(() => streamReply("From the ", "second"));
  const provider = (url: string) => ({ dialect: "openai-chat" as const, baseUrl: `${url}/v1`, model: "m" });
  await using server = await startServer({
    config: {
      providers: { first: provider(first.url), second: provider(second.url) },
      routes: { default: { targets: [{ provider: "first" }, { provider: "second" }] } },
    },
  });

  const ask = async () => {
    const response = await server.post("/v1/chat/completions", {
      model: "default",
      messages: [{ role: "user", content: "Q" }],
    });
    const { choices } = await response.json();
    return `${response.status} ${choices?.[0]?.message.content}`;
  };
  const answers: Promise<string>[] = [];
  let isOver = false;
  const traffic = async () => {
    const startedAt = performance.now();
    // By the clock and not by the pause, so that a slow turn is made up for.
    for (let due = startedAt; !isOver; due += EVERY_MS) {
      answers.push(ask());
      await pause(Math.max(0, due + EVERY_MS - performance.now()));
    }
    return (performance.now() - startedAt) / EVERY_MS;
  };
  const running = traffic();

  await pause(5 * EVERY_MS);
  isDead = true;
  const diedAt = performance.now();
  await pause(SCALE.outageMs);
  isDead = false;
  recoveredAt = performance.now();
  const backAt = await Promise.race([
    recovered.promise,
    pause(SCALE.recoveryMs, Number.POSITIVE_INFINITY, { ref: false }),
  ]);
  const answersUntilThen = answers.length;
  await pause(AFTERWARDS * EVERY_MS);
  isOver = true;
  const meant = await running;

  const said = await Promise.all(answers);
  expect(said.filter((one) => one !== "200 From the first" && one !== "200 From the second")).toEqual([]);
  expect(said.length).toBeGreaterThanOrEqual(0.9 * meant);
  expect(said.filter((one) => one.endsWith("second")).length).toBeGreaterThan((0.8 * SCALE.outageMs) / EVERY_MS);
  expect(backAt - recoveredAt, "milliseconds from the recovery to the first request").toBeLessThan(SCALE.recoveryMs);
  const meanwhile = asked.filter((one) => one.isDead);
  expect(meanwhile.length, "it was tried before it was spared").toBeGreaterThanOrEqual(5);
  const probes = meanwhile.filter(({ at }) => at > diedAt + OPEN_AFTER_MS).length;
  expect(probes, "requests to the dead target, once it was known to be dead").toBeLessThanOrEqual(SCALE.mostProbes);
  const afterwards = said.slice(answersUntilThen + 2);
  expect(
    afterwards.filter((one) => one.endsWith("second")),
    "all traffic is back in its order",
  ).toEqual([]);
  expect(server.errors).toEqual([]);
  console.info(
    `${said.length} requests, ${meanwhile.length} of them to the dead target; back after ${Math.round(backAt - recoveredAt)} ms`,
  );
});
