import type { Principal } from "../auth/principal.ts";
import { FailureError } from "../failure_error.ts";
import type { ApiKeyRecord, ApiKeyStore, KeySettings, KeySpend, Spending } from "../storage/mod.ts";
import { dayOf } from "./calendar.ts";
import type { UsedUp } from "./key_spending.ts";
import { KeySpending } from "./key_spending.ts";
import { hashOfKey, isKey } from "./secret_key.ts";

/** The last use of a key is written at most this often, in milliseconds. */
const NOTE_USE_MS = 60_000;

/** How soon keys count that another process has made, changed or revoked, in milliseconds. */
const LOOK_FOR_CHANGES_MS = 500;

interface Held {
  record: ApiKeyRecord;
  /** Made once for each change, so that a check makes nothing. */
  principal: Principal;
  spending: KeySpending;
}

export interface KeyRingOptions {
  store: ApiKeyStore;
  /** Epoch milliseconds. */
  now?: () => number;
  /** Whether somebody else may have changed the store since this was asked last; absent: nobody does. */
  hasForeignChanges?: () => boolean;
  /** Told what a key has spent here, once it is kept. */
  onSpent?: (id: string, spending: Spending) => void;
  /** Told when uses could not be written, or keys not be read; both are tried again. */
  onError?: (error: unknown) => void;
}

/**
 * All keys of programs in memory, by their hash: a check costs one SHA-256 and one look-up.
 *
 * Every change goes to the store first and then into the memory, so it counts from the next check on.
 */
export class KeyRing {
  readonly #store: ApiKeyStore;
  readonly #now: () => number;
  readonly #onError: (error: unknown) => void;
  readonly #onSpent: (id: string, spending: Spending) => void;
  readonly #byHash = new Map<string, Held>();
  readonly #byId = new Map<string, Held>();
  #used = new Map<string, number>();
  readonly #hasForeignChanges: (() => boolean) | undefined;
  #timers: NodeJS.Timeout[] = [];
  /** Counts own changes: what was read before one of them must not undo it. */
  #changes = 0;
  #isOutdated = false;

  private constructor(options: KeyRingOptions) {
    const { store, now = () => Date.now(), hasForeignChanges, onError = () => {}, onSpent = () => {} } = options;
    this.#onSpent = onSpent;
    this.#hasForeignChanges = hasForeignChanges;
    this.#store = store;
    this.#now = now;
    this.#onError = onError;
  }

  /** Reads all keys and what they have spent. */
  static async open(options: KeyRingOptions): Promise<KeyRing> {
    const ring = new KeyRing(options);
    await ring.#read();
    ring.#every(NOTE_USE_MS, () => ring.writeUses());
    if (options.hasForeignChanges !== undefined) ring.#every(LOOK_FOR_CHANGES_MS, () => ring.refresh());
    return ring;
  }

  /** Reads the keys anew if somebody else may have changed them. */
  async refresh(): Promise<void> {
    // Kept in mind until it is done: a store that can't be read now is read the next time.
    this.#isOutdated = this.#hasForeignChanges?.() || this.#isOutdated;
    if (!this.#isOutdated) return;
    await this.#read();
    this.#isOutdated = false;
  }

  /**
   * Who has this key; `undefined` if nobody has.
   *
   * @throws {FailureError} `key-expired` or `key-revoked`: only whoever has the key learns that.
   */
  check(key: string): Principal | undefined {
    if (!isKey(key)) return undefined;
    const held = this.#byHash.get(hashOfKey(key));
    if (held === undefined) return undefined;
    const { id, revokedAt, expiresAt, isSuspended } = held.record;
    if (revokedAt !== undefined || isSuspended) throw new FailureError("key-revoked");
    const now = this.#now();
    if (expiresAt !== undefined && expiresAt <= now) throw new FailureError("key-expired");
    this.#used.set(id, now);
    return held.principal;
  }

  /** All keys, oldest first, with their last use as it is known now. */
  list(): ApiKeyRecord[] {
    return [...this.#byId.values()].map(({ record }) => this.#withUse(record));
  }

  find(id: string): ApiKeyRecord | undefined {
    const held = this.#byId.get(id);
    return held && this.#withUse(held.record);
  }

  async add(record: ApiKeyRecord): Promise<void> {
    await this.#store.insert(record);
    this.#changes += 1;
    this.#hold(record, new KeySpending(undefined, this.#now()));
  }

  /** @throws {RangeError} If there is no such key. */
  async change(id: string, settings: KeySettings): Promise<void> {
    await this.#store.update(id, settings);
    this.#edit(id, settings);
  }

  /** @throws {RangeError} If there is no such key. */
  async revoke(id: string): Promise<void> {
    const revokedAt = this.#now();
    await this.#store.revoke(id, revokedAt);
    this.#edit(id, { revokedAt: this.find(id)?.revokedAt ?? revokedAt });
  }

  /** Keys of somebody who may not sign in open nothing, until that is taken back. */
  async suspend(owner: string, isSuspended: boolean): Promise<void> {
    await this.#store.suspend(owner, isSuspended);
    for (const { record } of [...this.#byId.values()]) {
      if (record.owner === owner) this.#edit(record.id, { isSuspended });
    }
  }

  /** Counts what an answer of a key's principal used up; whoever has no key spends nothing here. */
  async spend(principalId: string, spending: Spending): Promise<void> {
    const id = keyIdOf(principalId);
    const held = id === undefined ? undefined : this.#byId.get(id);
    if (held === undefined) return;
    const now = this.#now();
    held.spending.add(spending, now);
    await this.#store.addSpending(held.record.id, dayOf(now), spending);
    this.#onSpent(held.record.id, spending);
  }

  /** Counts what a key has spent over another replica, which has kept it. */
  hearSpending(id: string, spending: Spending): void {
    this.#byId.get(id)?.spending.add(spending, this.#now());
  }

  /** Reads anew what keys have spent: what other replicas told may have been missed. */
  async rereadSpending(): Promise<void> {
    const now = this.#now();
    const spendings = await this.#store.spendings(dayOf(now));
    for (const { record } of [...this.#byId.values()]) {
      const held = this.#byId.get(record.id);
      if (held !== undefined) held.spending = new KeySpending(spendings.get(record.id), now);
    }
  }

  spendOf(id: string): KeySpend | undefined {
    return this.#byId.get(id)?.spending.at(this.#now());
  }

  /** The budget of a principal's key that is used up, if one is. */
  usedUp({ grant }: Principal): UsedUp | undefined {
    return grant && this.#byId.get(grant.id)?.spending.usedUp(grant.limits, this.#now());
  }

  /** Writes when keys were last used. */
  async writeUses(): Promise<void> {
    if (this.#used.size === 0) return;
    const uses = this.#used;
    this.#used = new Map();
    for (const [id, lastUsedAt] of uses) if (this.#byId.has(id)) this.#edit(id, { lastUsedAt });
    await this.#store.noteUse(uses);
  }

  async close(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    await this.writeUses();
  }

  async #read(): Promise<void> {
    for (;;) {
      const changes = this.#changes;
      const now = this.#now();
      const records = await this.#store.all();
      const isKnown = records.every(({ id }) => this.#byId.has(id));
      const spendings = isKnown ? undefined : await this.#store.spendings(dayOf(now));
      if (changes !== this.#changes) continue;
      for (const record of records) {
        const spending = this.#byId.get(record.id)?.spending ?? new KeySpending(spendings?.get(record.id), now);
        this.#hold(record, spending);
      }
      return;
    }
  }

  #every(ms: number, work: () => Promise<void>): void {
    this.#timers.push(setInterval(() => void work().catch(this.#onError), ms).unref());
  }

  #withUse(record: ApiKeyRecord): ApiKeyRecord {
    return { ...record, lastUsedAt: this.#used.get(record.id) ?? record.lastUsedAt };
  }

  #edit(id: string, change: Partial<ApiKeyRecord>): void {
    this.#changes += 1;
    const held = this.#byId.get(id);
    if (held === undefined) throw new RangeError(`Cannot change the key '${id}' as there is none of this id`);
    this.#hold({ ...held.record, ...change }, held.spending);
  }

  #hold(record: ApiKeyRecord, spending: KeySpending): void {
    const { id, name, routes, limits } = record;
    const principal: Principal = {
      id: `${KEY_PREFIX}${id}`,
      kind: "key",
      role: "program",
      name,
      grant: { id, routes, limits },
    };
    const held: Held = { record, principal, spending };
    this.#byHash.set(record.hash, held);
    this.#byId.set(id, held);
  }
}

const KEY_PREFIX = "key:";

function keyIdOf(principalId: string): string | undefined {
  return principalId.startsWith(KEY_PREFIX) ? principalId.slice(KEY_PREFIX.length) : undefined;
}
