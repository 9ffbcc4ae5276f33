import { once } from "node:events";
import { expect, test } from "vitest";
import { DEFAULT_POLICY, FailureError } from "./mod.ts";
import { setStage } from "./testing/stage.ts";

/** The next pulse's count of ended answers. */
async function next(pulses: AsyncIterator<unknown>): Promise<unknown> {
  return ((await pulses.next()).value as { ended: number } | undefined)?.ended;
}

test("metrics.live() gives the pulse at once and as it changes, and ends with its signal", async () => {
  const { client } = await setStage();
  const leave = new AbortController();
  const pulses = client.metrics.live({ signal: leave.signal })[Symbol.asyncIterator]();
  expect(await next(pulses)).toBe(0);
  await client.ask("Why?");
  expect(await next(pulses)).toBe(1);
  const end = pulses.next();
  leave.abort();
  expect((await end).done).toBe(true);
});

test("metrics.live() asks once and opens its stream anew when the connection is cut", async () => {
  const { client, server, proxy, clock } = await setStage();
  const pulses = client.metrics.live()[Symbol.asyncIterator]();
  expect(await next(pulses)).toBe(0);
  await client.ask("Why?");
  expect(await next(pulses)).toBe(1);
  const polled = once(server, "pulse");
  proxy.cutAll();
  expect(await next(pulses)).toBe(1);
  await polled;
  const reopened = once(server, "live");
  const paused = clock.timerOf(2_000);
  const after = next(pulses);
  await paused;
  clock.advance(2_000);
  await reopened;
  expect(await after).toBe(1);
  await pulses.return?.();
});

test("metrics.live() asks again and again where a proxy holds the stream back", async () => {
  const { client, proxy, clock } = await setStage();
  proxy.holdsStreams = true;
  const waiting = clock.timerOf(DEFAULT_POLICY.firstLifeMs);
  const pulses = client.metrics.live()[Symbol.asyncIterator]();
  const first = next(pulses);
  await waiting;
  clock.advance(DEFAULT_POLICY.firstLifeMs);
  expect(await first).toBe(0);
  await client.ask("Why?");
  const paused = clock.timerOf(2_000);
  const second = next(pulses);
  await paused;
  clock.advance(2_000);
  expect(await second).toBe(1);
  await pulses.return?.();
});

test("metrics.live() throws what the server refuses, and asks no more", async () => {
  const { client, server } = await setStage();
  server.isForbidden = true;
  const error = await next(client.metrics.live()[Symbol.asyncIterator]()).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(FailureError);
  expect(error).toMatchObject({ code: "forbidden", status: 403 });
});

test("providers.live() and providers.status() give what the server says of its providers", async () => {
  const { client } = await setStage();
  await client.ask("Why?");
  const readings = client.providers.live()[Symbol.asyncIterator]();
  const { value } = await readings.next();
  expect(value).toEqual({ counts: { started: 1, finished: 1 } });
  expect(await client.providers.status()).toEqual(value);
  await readings.return?.();
});

test("metrics.overview() and metrics.latest() pass on what is asked for", async () => {
  const { client } = await setStage();
  expect(await client.metrics.overview({ range: "7d", route: "fast" })).toEqual({
    asked: { range: "7d", route: "fast" },
  });
  expect(await client.metrics.latest({ limit: 5 })).toEqual([{ asked: { limit: 5 } }]);
});
