import { once } from "node:events";
import { watch } from "node:fs";
import { mkdir, mkdtemp, rename, rm, unlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from "vitest";
import { type Config, ConfigError, loadConfig, watchConfig } from "./mod.ts";

// File events and the quiet that follows them take their time on a busy machine.
vi.setConfig({ testTimeout: 20_000 });

let directory: string;
let stops: (() => void)[];
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "cogniforge-watch-"));
  stops = [];
});
afterEach(async () => {
  for (const stop of stops) stop();
  await rm(directory, { recursive: true, force: true });
});

const file = (name: string) => join(directory, name);
const mock = (text: string) => JSON.stringify({ providers: { mock: { dialect: "mock", text } } });
const textOf = (seen: unknown) => (seen as Config).providers.mock?.text;

/** Watches the folder; `next()` waits for what is told next, a configuration or an error. */
function startWatching(environment: Record<string, string> = {}) {
  const told: unknown[] = [];
  const waiting: ((value: unknown) => void)[] = [];
  const tell = (value: unknown) => {
    const waiter = waiting.shift();
    if (waiter) waiter(value);
    else told.push(value);
  };
  const stop = watchConfig({ environment, directory, onChange: tell, onError: tell });
  stops.push(stop);
  const next = () =>
    told.length > 0 ? Promise.resolve(told.shift()) : new Promise((resolve) => waiting.push(resolve));
  return { next, told, stop };
}

/** Waits for two reloads in another folder, after which whatever is due in the first one has happened. */
async function settle(): Promise<void> {
  const elsewhere = await mkdtemp(join(tmpdir(), "cogniforge-clock-"));
  let reloaded = () => {};
  const onChange = () => reloaded();
  const stop = watchConfig({ environment: {}, directory: elsewhere, onChange, onError: onChange });
  for (const port of [1, 2]) {
    const change = new Promise<void>((resolve) => {
      reloaded = resolve;
    });
    await writeFile(join(elsewhere, ".env"), `PORT=${port}`);
    await change;
  }
  stop();
  await rm(elsewhere, { recursive: true });
}

test("watchConfig() tells the new configuration when the file is written, replaced, removed and made anew", async () => {
  await writeFile(file("cogniforge.config.json"), mock("one"));
  const { next, told } = startWatching();
  await writeFile(file("cogniforge.config.json"), mock("two"));
  expect(textOf(await next())).toBe("two");
  for (const text of ["three", "four"]) {
    await writeFile(file("cogniforge.config.json~"), mock(text));
    await rename(file("cogniforge.config.json~"), file("cogniforge.config.json"));
    expect(textOf(await next())).toBe(text);
  }
  await unlink(file("cogniforge.config.json"));
  expect(await next()).not.toHaveProperty("file");
  await writeFile(file("cogniforge.config.json"), mock("five"));
  expect(textOf(await next())).toBe("five");
  expect(told).toEqual([]);
});

test("watchConfig() tells the errors of a wrong file, no configuration, and goes on when it is mended", async () => {
  await writeFile(file("cogniforge.config.json"), mock("one"));
  const { next } = startWatching();
  await writeFile(file("cogniforge.config.json"), `{"providers": {"mock": {"dialect": "mok"}}, "rutes": {}}`);
  const error = await next();
  expect(error).toBeInstanceOf(ConfigError);
  expect((error as ConfigError).errors.map(({ path }) => path).sort()).toEqual(["providers.mock.dialect", "rutes"]);
  await writeFile(file("cogniforge.config.json"), mock("two"));
  expect(textOf(await next())).toBe("two");
});

test("watchConfig() reloads when .env changes, under the real environment", async () => {
  const { next } = startWatching({ HOST: "localhost" });
  await writeFile(file(".env"), "PORT=5001\nHOST=0.0.0.0\n");
  expect(await next()).toMatchObject({ port: 5001, host: "localhost" });
  await writeFile(file(".env"), "PORT=5002\n");
  expect(await next()).toMatchObject({ port: 5002 });
});

test("watchConfig() follows COGNIFORGE_CONFIG into another folder", async () => {
  await mkdir(file("etc"));
  await writeFile(file("etc/house.json"), mock("one"));
  const { next } = startWatching();
  await writeFile(file(".env"), "COGNIFORGE_CONFIG=etc/house.json\n");
  expect(textOf(await next())).toBe("one");
  await settle();
  await writeFile(file("etc/house.json"), mock("two"));
  expect(textOf(await next())).toBe("two");
});

test("watchConfig() runs a changed script anew", async () => {
  const script = (text: string) => `const providers: object = { mock: { dialect: "mock", text: "${text}" } };
    export default { providers };`;
  await writeFile(file("cogniforge.config.ts"), script("one"));
  const { next } = startWatching();
  await writeFile(file("cogniforge.config.ts"), script("two"));
  expect(textOf(await next())).toBe("two");
});

test("watchConfig() tells nothing of other files, nor of the same content written again", async () => {
  await writeFile(file("cogniforge.config.json"), mock("one"));
  const { next, told } = startWatching();
  await writeFile(file("notes.txt"), "anything");
  await settle();
  await writeFile(file("cogniforge.config.json"), mock("one"));
  await settle();
  expect(told).toEqual([]);
  await writeFile(file(".env"), "PORT=5003\n");
  expect(await next()).toMatchObject({ port: 5003 });
  await settle();
  expect(told).toEqual([]);
});

test("watchConfig() is not put off by a neighbour that is written all the time", async () => {
  const { next } = startWatching();
  let isOver = false;
  const busy = (async () => {
    for (let count = 0; !isOver; count++) await writeFile(file("journal.sqlite-wal"), String(count));
  })();
  await writeFile(file(".env"), "PORT=5004\n");
  expect(await next()).toMatchObject({ port: 5004 });
  isOver = true;
  await busy;
});

test("watchConfig() tells nothing after it was stopped", async () => {
  const stopped = startWatching();
  const running = startWatching();
  stopped.stop();
  await writeFile(file(".env"), "PORT=5005\n");
  await running.next();
  await settle();
  expect(stopped.told).toEqual([]);
});

test("watchConfig() tells nothing of a load that was under way when it was stopped", async () => {
  const gate = Promise.withResolvers<void>();
  const entered = Promise.withResolvers<void>();
  onTestFinished(() => void vi.unstubAllGlobals());
  vi.stubGlobal("configGate", { entered: entered.resolve, opened: gate.promise });
  const { told, stop } = startWatching();
  await writeFile(
    file("cogniforge.config.ts"),
    "configGate.entered(); await configGate.opened; export default { providers: {} };",
  );
  await entered.promise;
  stop();
  gate.resolve();
  await settle();
  expect(told).toEqual([]);
});

test("watchConfig() waits until a file is written to its end", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  onTestFinished(() => void vi.useRealTimers());
  const { next, told } = startWatching();
  const events = watch(directory);
  onTestFinished(() => events.close());
  const writeStep = async (content: string) => {
    const seen = once(events, "change");
    await writeFile(file("cogniforge.config.json"), content);
    await seen;
    // The watcher under test hears of it in the same turn as `events`, in either order.
    await setImmediate();
  };
  await writeStep(`{ "providers": {`);
  vi.advanceTimersByTime(100);
  // A load that had wrongly begun with the first part would end before this one.
  await expect(loadConfig({ environment: {}, directory })).rejects.toThrow(ConfigError);
  await writeStep(mock("whole"));
  vi.advanceTimersByTime(100);
  await setImmediate();
  vi.advanceTimersByTime(100);
  expect(textOf(await next())).toBe("whole");
  expect(told).toEqual([]);
});
