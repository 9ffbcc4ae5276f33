import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { tempFolder } from "../src/storage/temp_folder.ts";
import { openClient, readPlain } from "./_chaos_readers.ts";
import type { Chaos, ChaosUpstream } from "./_chaos_upstream.ts";
import { answerTo, newChaos, startChaosUpstream } from "./_chaos_upstream.ts";
import { type Child, startChild } from "./_child.ts";
import { readJournals } from "./_journals.ts";
import type { Held } from "./_probe.ts";
import { KEY } from "./_server.ts";

const IS_LONG = process.env.COGNIFORGE_LONG === "1";
/** Answers in a wave, and waves after the first, which warms everything up. */
const ANSWERS = IS_LONG ? 400 : 60;
const WAVES = IS_LONG ? 5 : 2;

/** How far the heap may be above where the first wave left it, in bytes: what compiled code and caches come to, and no more. */
const MOST_GROWTH = 4 * 2 ** 20;

/** Longer than the test: a timer that an attempt leaves behind is still there when it is looked for. */
const FAR_MS = 500_000;

const PATIENCE = { timeout: 20_000, interval: 200 };

test(`A storm of ${ANSWERS * (WAVES + 1)} answers leaves no upstream request, timer, socket, lease or memory behind`, {
  timeout: 400_000,
}, async () => {
  const chaos = newChaos({ random: Math.random, pieces: 20, paceMs: 2 });
  await using one = await startChaosUpstream(chaos, { refusesPrefill: false });
  await using two = await startChaosUpstream(chaos, { refusesPrefill: false });
  await using three = await startChaosUpstream(chaos, { refusesPrefill: true });
  await using folder = await tempFolder();
  await writeFile(join(folder.path, "cogniforge.config.json"), JSON.stringify(configOf(one.url, two.url, three.url)));
  await using child = await startChild(folder.path);
  const { resources } = await child.held();
  const measured: Held[] = [];
  for (let wave = 0; wave <= WAVES; wave++) {
    await runWave(child.url, chaos, wave);
    for (const upstream of [one, two, three]) await expectLeft(upstream);
    measured.push(await settled(child, resources));
  }
  const [first, last] = [measured[0], measured.at(-1)];
  if (first === undefined || last === undefined) throw new Error("Nothing was measured");
  const heaps = measured.map(({ heap }) => `${(heap / 2 ** 20).toFixed(1)} MiB`).join(", ");
  console.log(`leaks: heap after each wave of ${ANSWERS}: ${heaps}; at rest ${JSON.stringify(resources)}`);
  expect(last.heap - first.heap).toBeLessThan(MOST_GROWTH);
  expect(chaos.problems).toEqual([]);
  child.process.kill("SIGTERM");
  expect(await child.exited).toBe(0);
  const journals = readJournals(folder.path);
  expect(journals).toHaveLength(ANSWERS * (WAVES + 1));
  expect(journals.filter(({ isEnded }) => !isEnded)).toEqual([]);
});

function configOf(...urls: [string, string, string]) {
  const names = ["one", "two", "three"];
  const targets = names.map((provider) => ({ provider }));
  const providers = urls.map((baseUrl, index) => [
    names[index],
    { dialect: "openai-chat", baseUrl, model: "m", ...(index !== 1 && { prefill: "trailing" }) },
  ]);
  const timeouts = { connectMs: FAR_MS, firstTokenMs: FAR_MS, idleMs: FAR_MS, totalMs: FAR_MS };
  return {
    providers: Object.fromEntries(providers),
    routes: {
      default: { targets, timeouts, maxRetries: 2 },
      impatient: { targets, timeouts: { ...timeouts, idleMs: 300 }, maxRetries: 2, hedgeAfterMs: 5 },
    },
  };
}

/** Answers in every way at once: by both doors, with readers who hang up, through all misdeeds, hedged, stalled, and cancelled. */
async function runWave(url: string, chaos: Chaos, wave: number): Promise<void> {
  const client = openClient(url);
  const asked = Array.from({ length: ANSWERS }, async (_, index) => {
    const asking = { question: `W${wave}-${index}`, answerId: `leak-answer-${wave}-${index}` };
    if (index % 5 === 4) return await cancelled(url, asking.question, asking.answerId);
    if (index % 5 === 3) {
      chaos.stalling.add(asking.question);
      return await completed(url, asking.question, "impatient");
    }
    // Only a route with a limit on silence outlives a stall.
    chaos.misdeeds.set(asking.question, ["stall"]);
    const reading = await (index % 2 === 0 ? readPlain(url, asking, [5, 7]) : client.ask(asking, () => {}));
    expect(reading.outcome, asking.question).toBe("completed");
    expect(reading.text, asking.question).toBe(answerTo(asking.question, chaos.pieces));
  });
  await Promise.all(asked);
  chaos.requests.clear();
  chaos.misdeeds.clear();
}

const JSON_HEADERS = { authorization: `Bearer ${KEY}`, "content-type": "application/json" };

async function completed(url: string, question: string, model: string): Promise<void> {
  const body = JSON.stringify({ model, messages: [{ role: "user", content: question }] });
  const response = await fetch(`${url}/v1/chat/completions`, { method: "POST", headers: JSON_HEADERS, body });
  expect(response.status, question).toBe(200);
  const { choices } = (await response.json()) as { choices: { message: { content: string } }[] };
  expect(choices[0]?.message.content).toBe(answerTo(question, 20));
}

/** Asks, reads the beginning, cancels, and reads to the end. */
async function cancelled(url: string, question: string, answerId: string): Promise<void> {
  const query = new URLSearchParams({ question, answer_id: answerId });
  const response = await fetch(`${url}/admin/api/chat/stream?${query}`, { headers: JSON_HEADERS });
  let isCancelled = false;
  for await (const _ of response.body ?? []) {
    if (isCancelled) continue;
    isCancelled = true;
    const { status } = await fetch(`${url}/v1/answers/${answerId}`, { method: "DELETE", headers: JSON_HEADERS });
    expect(status, answerId).toBeLessThan(300);
  }
}

/** No request is open at an upstream, and then no connection either, once those kept for a next request were let go of. */
async function expectLeft(upstream: ChaosUpstream): Promise<void> {
  await vi.waitFor(() => expect(upstream.open(), "requests").toBe(0), { timeout: 5_000 });
  await vi.waitFor(async () => expect(await upstream.connections(), "connections").toBe(0), PATIENCE);
}

/** What the process holds once it has no more timers and files open than when it had just started. */
async function settled(child: Child, atRest: Held["resources"]): Promise<Held> {
  let held = await child.held();
  await vi.waitFor(async () => {
    held = await child.held();
    for (const [type, count] of Object.entries(held.resources)) {
      // Readers keep connections of their own for a next request.
      if (type !== "TCPSocketWrap") expect(count, type).toBeLessThanOrEqual(atRest[type] ?? 0);
    }
  }, PATIENCE);
  return held;
}
