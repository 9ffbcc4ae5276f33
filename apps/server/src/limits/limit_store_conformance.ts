import { expect, test } from "vitest";
import type { LimitStore } from "./limit_store.ts";

/** A store under test. */
export interface LimitStoreSubject {
  store: LimitStore;
  /** Moves its clock on. */
  pass(ms: number): void;
}

/** What every store of limits must keep, as tests of this name. */
export function testLimitStore(name: string, open: () => LimitStoreSubject): void {
  test(`${name}.take() lets a burst of a minute's requests through, then one whenever the bucket has filled by one`, async () => {
    const { store, pass } = open();
    for (let left = 59; left >= 0; left--) {
      expect(await store.take("a", 60)).toEqual({
        isTaken: true,
        remaining: left,
        resetMs: (60 - left) * 1000,
        waitMs: 0,
      });
    }
    expect(await store.take("a", 60)).toMatchObject({ isTaken: false, remaining: 0, waitMs: 1000 });
    expect(await store.take("b", 60)).toMatchObject({ isTaken: true });
    pass(999);
    expect(await store.take("a", 60)).toMatchObject({ isTaken: false, waitMs: expect.closeTo(1, 5) });
    pass(1);
    expect(await store.take("a", 60)).toMatchObject({ isTaken: true, remaining: 0 });
    pass(3_600_000);
    expect(await store.level("a", 60)).toEqual({ remaining: 60, resetMs: 0 });
  });

  test(`${name}.take() gives each of many that come at once its own, and no more than there are`, async () => {
    const { store } = open();
    const takings = await Promise.all(Array.from({ length: 30 }, () => store.take("a", 20)));
    expect(takings.filter(({ isTaken }) => isTaken).map(({ remaining }) => remaining)).toEqual(
      Array.from({ length: 20 }, (_, index) => 19 - index),
    );
    expect(await store.level("a", 20)).toEqual({ remaining: 0, resetMs: 60_000 });
  });

  test(`${name}.take() begins anew with a limit that was changed`, async () => {
    const { store } = open();
    await store.take("a", 1);
    expect(await store.take("a", 1)).toMatchObject({ isTaken: false, waitMs: 60_000 });
    expect(await store.take("a", 2)).toMatchObject({ isTaken: true, remaining: 1 });
  });

  test(`${name}.waitForUse() slides: what is a minute old counts no more, and the wait is exact`, async () => {
    const { store, pass } = open();
    expect(await store.waitForUse("a", 10)).toBe(0);
    await store.use("a", 6);
    pass(20_000);
    await store.use("a", 6);
    const waitMs = await store.waitForUse("a", 10);
    expect(waitMs).toBe(41_000);
    pass(waitMs - 1);
    expect(await store.waitForUse("a", 10)).toBe(1);
    pass(1);
    expect(await store.waitForUse("a", 10)).toBe(0);
    expect(await store.waitForUse("a", 6)).toBe(20_000);
    expect(await store.waitForUse("b", 1)).toBe(0);
  });

  test(`${name}.enter() counts members, each once, and has room again when one has left`, async () => {
    const { store } = open();
    expect(await store.enter("a", "one", 2)).toBe(true);
    expect(await store.enter("a", "two", 2)).toBe(true);
    expect(await store.enter("a", "two", 2)).toBe(true);
    expect(await store.enter("a", "three", 2)).toBe(false);
    await store.leave("a", "one");
    await store.leave("a", "never there");
    expect(await store.enter("a", "three", 2)).toBe(true);
    expect(await store.enter("b", "three", 0)).toBe(false);
    expect(await store.enter("b", "three", Number.POSITIVE_INFINITY)).toBe(true);
    const many = await Promise.all(Array.from({ length: 9 }, (_, index) => store.enter("c", `member ${index}`, 4)));
    expect(many.filter((isIn) => isIn)).toHaveLength(4);
  });
}
