import { expect, test, vi } from "vitest";
import { Subscriptions } from "./subscriptions.ts";

const AFTER_MS = 5_000;

/** Each listener that looks is added to `looked`. */
function heard(subscriptions: Subscriptions, ...names: string[]): string[] {
  const looked: string[] = [];
  for (const name of names) subscriptions.listen(name, { hear() {}, onHeard() {}, onLook: () => looked.push(name) });
  return looked;
}

function atTime(run: (pass: (ms: number) => void) => unknown) {
  return async () => {
    let now = 1;
    const clock = vi.spyOn(performance, "now").mockImplementation(() => now);
    try {
      await run((ms) => {
        now += ms;
      });
    } finally {
      clock.mockRestore();
    }
  };
}

test(
  "look() has every listener look for itself, also where the channel could not be entered",
  atTime(async (pass) => {
    const subscriptions = new Subscriptions();
    const early = heard(subscriptions, "before there is a connection");
    pass(AFTER_MS);
    subscriptions.look();
    expect(early).toEqual(["before there is a connection"]);

    const door = { enter: (name: string) => new Promise((resolve) => name === "entered" && resolve(undefined)) };
    subscriptions.connected({ ...door, leave: async () => {} });
    const looked = heard(subscriptions, "entered", "never answered");
    await new Promise((resolve) => setImmediate(resolve));
    pass(AFTER_MS);
    for (let turn = 0; turn < 3; turn++) subscriptions.look();
    expect(looked).toEqual(["entered", "never answered"]);
  }),
);

test(
  "look() has each listener look once in its time, and few of many at once",
  atTime((pass) => {
    const subscriptions = new Subscriptions();
    const names = Array.from({ length: 100 }, (_, index) => `channel ${index}`);
    const looked = heard(subscriptions, ...names);
    subscriptions.look();
    expect(looked, "nobody's time has come").toEqual([]);
    pass(AFTER_MS);
    for (let turn = 1; turn <= 25; turn++) {
      subscriptions.look();
      expect(looked).toHaveLength(4 * turn);
    }
    expect(looked).toEqual(names);
    subscriptions.look();
    expect(looked).toHaveLength(100);
  }),
);
