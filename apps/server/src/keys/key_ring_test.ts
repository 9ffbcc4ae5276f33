import { expect, test } from "vitest";
import type { Principal } from "../auth/principal.ts";
import { openKeyStorage } from "../storage/key_storage.ts";
import type { Storage } from "../storage/mod.ts";
import { openStorage } from "../storage/mod.ts";
import { tempFolder } from "../storage/temp_folder.ts";
import { KeyRing, KeyService } from "./mod.ts";

const NOON = Date.UTC(2026, 10, 29, 12);
const DAY_MS = 86_400_000;
const OWNER: Principal = { id: "user:1", kind: "user", role: "member", name: "Member" };
const OTHER: Principal = { id: "user:2", kind: "user", role: "member", name: "Other" };
const ADMINISTRATOR: Principal = { id: "user:3", kind: "user", role: "administrator", name: "Administrator" };
const PLAIN = { name: "Key", routes: [], limits: {} };

async function open(storage: Storage, clock: { now: number }, hasForeignChanges = () => false) {
  const now = () => clock.now;
  const ring = await KeyRing.open({ store: storage.apiKeys, now, hasForeignChanges });
  const limits = () => ({ answersEach: 50, requestsPerMinute: 300, tokensPerMinute: 0 }) as never;
  return { ring, service: new KeyService({ ring, limits, now }) };
}

async function* world() {
  await using folder = await tempFolder();
  const storage = await openStorage({ directory: folder.path });
  try {
    yield { storage, clock: { now: NOON } };
  } finally {
    await storage.close();
  }
}

test("KeyService.create() shows a key of 32 random bytes once; the store has its hash and its ends alone", async () => {
  for await (const { storage, clock } of world()) {
    const { ring, service } = await open(storage, clock);
    const { key, hint } = await service.create(OWNER, PLAIN);
    expect(key).toMatch(/^cf-[\w-]{43}$/);
    expect(hint).toBe(`${key.slice(0, 7)}…${key.slice(-4)}`);
    expect((await service.create(OWNER, PLAIN)).key).not.toBe(key);
    const rows = JSON.stringify(storage.database.prepare("SELECT * FROM api_keys").all());
    expect(rows).toContain(hint);
    expect(rows).not.toContain(key);
    expect(rows).not.toContain(key.slice(3, 20));
    expect(JSON.stringify(service.list(ADMINISTRATOR))).not.toContain(key.slice(3, 20));
    expect(ring.check(key)).toMatchObject({ kind: "key", role: "program", name: "Key" });
    for (const wrong of ["", "cf-", key.slice(0, -1), `${key}x`, key.toUpperCase(), `cf-${"A".repeat(43)}`]) {
      expect(ring.check(wrong), wrong).toBeUndefined();
    }
    await ring.close();
  }
});

test("KeyRing.check() knows keys again after a restart, and refuses what has expired or was revoked by name", async () => {
  for await (const { storage, clock } of world()) {
    const before = await open(storage, clock);
    const settings = { name: "مفتاح", expiresAt: NOON + DAY_MS, routes: ["careful"], limits: { dailyUsd: 0.5 } };
    const { key, id } = await before.service.create(OWNER, settings);
    clock.now += 1;
    const revoked = await before.service.create(OWNER, PLAIN);
    await before.service.revoke(OWNER, revoked.id);
    await before.ring.close();

    const { ring, service } = await open(storage, clock);
    expect(ring.check(key)).toMatchObject({
      id: `key:${id}`,
      name: "مفتاح",
      grant: { routes: ["careful"], limits: { dailyUsd: 0.5 } },
    });
    expect(() => ring.check(revoked.key)).toThrow(expect.objectContaining({ code: "key-revoked" }));
    clock.now = NOON + DAY_MS;
    expect(() => ring.check(key)).toThrow(expect.objectContaining({ code: "key-expired" }));
    expect(service.list(OWNER).map(({ state }) => state)).toEqual(["revoked", "expired"]);
    await service.update(OWNER, id, { ...settings, expiresAt: undefined });
    expect(ring.check(key)).toMatchObject({ name: "مفتاح" });
    await ring.close();
  }
});

test("KeyRing.check() writes nothing; the last use is written later, and known at once", async () => {
  for await (const { storage, clock } of world()) {
    const { ring, service } = await open(storage, clock);
    const { key } = await service.create(OWNER, PLAIN);
    const lastUse = () => storage.database.prepare("SELECT last_used_at FROM api_keys").get()?.last_used_at;
    expect(service.list(OWNER)[0]?.lastUsedAt).toBeUndefined();
    clock.now = NOON + 1;
    ring.check(key);
    expect(service.list(OWNER)[0]?.lastUsedAt).toBe(NOON + 1);
    expect(lastUse()).toBeNull();
    await ring.writeUses();
    expect(lastUse()).toBe(NOON + 1);
    clock.now = NOON + 2;
    ring.check(key);
    await ring.close();
    expect(lastUse()).toBe(NOON + 2);
  }
});

test("KeyRing.spend() sums by day and month of UTC, which begin anew, also after a restart", async () => {
  for await (const { storage, clock } of world()) {
    const first = await open(storage, clock);
    const limits = { dailyUsd: 1, monthlyUsd: 2, totalUsd: 3 };
    const { key, id } = await first.service.create(OWNER, { ...PLAIN, limits });
    const budgetOf = ({ ring }: typeof first) => {
      const principal = ring.check(key);
      return principal && ring.usedUp(principal);
    };
    await first.ring.spend(`key:${id}`, { usd: 0.75, tokens: 10 });
    await first.ring.spend("user:1", { usd: 100, tokens: 1 });
    await first.ring.spend("key:bootstrap", { usd: 100, tokens: 1 });
    expect(budgetOf(first)).toBeUndefined();
    await first.ring.spend(`key:${id}`, { usd: 0.25, tokens: 5 });
    expect(budgetOf(first)).toEqual({ budget: "daily", limitUsd: 1, waitMs: DAY_MS / 2 });
    await first.ring.close();

    clock.now = NOON + DAY_MS;
    const second = await open(storage, clock);
    expect(second.ring.spendOf(id)).toEqual({
      dailyUsd: 0,
      monthlyUsd: 1,
      totalUsd: 1,
      totalTokens: 15,
      answers: 2,
    });
    await second.ring.spend(`key:${id}`, { usd: 1, tokens: 0 });
    // The 30th of November: the month ends with the day.
    expect(budgetOf(second)).toEqual({ budget: "monthly", limitUsd: 2, waitMs: DAY_MS / 2 });
    clock.now = NOON + 2 * DAY_MS;
    expect(budgetOf(second)).toBeUndefined();
    await second.ring.spend(`key:${id}`, { usd: 1, tokens: 0 });
    expect(budgetOf(second)).toEqual({ budget: "total", limitUsd: 3 });
    await second.ring.close();
  }
});

test("KeyRing.refresh() takes over what another process has made, changed and revoked, and keeps what was spent", async () => {
  for await (const { storage, clock } of world()) {
    const { ring, service } = await open(storage, clock, storage.hasForeignChanges);
    const mine = await service.create(OWNER, { ...PLAIN, limits: { dailyUsd: 2 } });
    await ring.spend(`key:${mine.id}`, { usd: 0.5, tokens: 1 });
    const folder = storage.path.slice(0, storage.path.lastIndexOf("/"));
    const other = openKeyStorage(folder);
    const theirs = await KeyRing.open({ store: other.apiKeys, now: () => clock.now });
    const foreign = new KeyService({ ring: theirs, limits: () => ({}) as never, now: () => clock.now });
    const added = await foreign.create(ADMINISTRATOR, { ...PLAIN, name: "Made elsewhere" });
    expect(ring.check(added.key)).toBeUndefined();
    await ring.refresh();
    expect(ring.check(added.key)).toMatchObject({ name: "Made elsewhere" });
    await foreign.revoke(ADMINISTRATOR, mine.id);
    expect(ring.check(mine.key)).toBeDefined();
    await ring.refresh();
    expect(() => ring.check(mine.key)).toThrow(expect.objectContaining({ code: "key-revoked" }));
    expect(ring.spendOf(mine.id)).toMatchObject({ dailyUsd: 0.5 });
    expect(ring.list().map(({ name }) => name)).toEqual(["Key", "Made elsewhere"]);

    // What this process changes while it reads is not undone by what it had read.
    await foreign.update(ADMINISTRATOR, added.id, { ...PLAIN, name: "Renamed elsewhere" });
    await Promise.all([ring.refresh(), service.revoke(ADMINISTRATOR, added.id)]);
    expect(() => ring.check(added.key)).toThrow(expect.objectContaining({ code: "key-revoked" }));
    expect(ring.find(added.id)).toMatchObject({ name: "Renamed elsewhere", revokedAt: NOON });
    await theirs.close();
    other[Symbol.dispose]();
    await ring.close();
  }
});

test("KeyService shows members their own keys alone, and administrators all", async () => {
  for await (const { storage, clock } of world()) {
    const { ring, service } = await open(storage, clock);
    const { id, key } = await service.create(OWNER, PLAIN);
    expect(service.list(OTHER)).toEqual([]);
    expect(service.list(ADMINISTRATOR)).toMatchObject([{ id, isOwn: false, owner: "user:1" }]);
    const refused = { code: "key-not-found" };
    await expect(service.update(OTHER, id, PLAIN)).rejects.toMatchObject(refused);
    await expect(service.revoke(OTHER, id)).rejects.toMatchObject(refused);
    expect(ring.check(key)).toBeDefined();
    expect(await service.revoke(ADMINISTRATOR, id)).toMatchObject({ state: "revoked", revokedAt: NOON });
    clock.now = NOON + 5;
    expect(await service.revoke(OWNER, id)).toMatchObject({ revokedAt: NOON });
    await ring.close();
  }
});

test("KeyService lets no member give a key more than members have, nor anybody a date that has passed", async () => {
  for await (const { storage, clock } of world()) {
    const { ring, service } = await open(storage, clock);
    const greedy = { ...PLAIN, limits: { requestsPerMinute: 301 } };
    await expect(service.create(OWNER, greedy)).rejects.toMatchObject({ info: { param: "limits.requestsPerMinute" } });
    expect(await service.create(ADMINISTRATOR, greedy)).toMatchObject({ limits: greedy.limits });
    const { id } = await service.create(OWNER, { ...PLAIN, limits: { requestsPerMinute: 300, tokensPerMinute: 1e9 } });
    await expect(service.update(OWNER, id, greedy)).rejects.toMatchObject({ code: "invalid-input" });
    await expect(service.create(OWNER, { ...PLAIN, expiresAt: NOON })).rejects.toMatchObject({
      info: { param: "expiresAt" },
    });
    await ring.close();
  }
});

test("KeyRing counts what a key has spent over other servers, as they tell it or as the store has it", async () => {
  for await (const { storage, clock } of world()) {
    const now = () => clock.now;
    const told: string[] = [];
    const onSpent = (id: string, { usd }: { usd: number }) => told.push(`${id} ${usd}`);
    const here = await KeyRing.open({ store: storage.apiKeys, now, onSpent });
    const limits = () => ({ answersEach: 50, requestsPerMinute: 300, tokensPerMinute: 0 }) as never;
    const { key, id } = await new KeyService({ ring: here, limits, now }).create(OWNER, {
      ...PLAIN,
      limits: { dailyUsd: 1 },
    });
    const there = await KeyRing.open({ store: storage.apiKeys, now });
    const principal = here.check(key) as Principal;
    await here.spend(principal.id, { usd: 0.6, tokens: 10 });
    expect(told).toEqual([`${id} 0.6`]);
    there.hearSpending(id, { usd: 0.6, tokens: 10 });
    expect(there.spendOf(id)).toMatchObject({ dailyUsd: 0.6, answers: 1 });
    await here.spend(principal.id, { usd: 0.6, tokens: 10 });
    expect(there.usedUp(principal), "not heard of").toBeUndefined();
    await there.rereadSpending();
    expect(there.spendOf(id)).toMatchObject({ dailyUsd: 1.2, answers: 2 });
    expect(there.usedUp(principal)).toMatchObject({ budget: "daily" });
    await Promise.all([here.close(), there.close()]);
  }
});
