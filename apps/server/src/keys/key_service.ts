import { newId } from "../answers/answer_id.ts";
import type { Principal } from "../auth/principal.ts";
import type { LimitsConfig } from "../config/limits.ts";
import { FailureError } from "../failure_error.ts";
import type { ApiKeyRecord, KeyLimits, KeySettings, KeySpend } from "../storage/mod.ts";
import type { KeyRing } from "./key_ring.ts";
import { hashOfKey, hintOfKey, newKey } from "./secret_key.ts";

/** Keys that one owner may have in use; those that are revoked or expired do not count. */
const KEYS_EACH = 100;

export type KeyState = "active" | "expired" | "revoked" | "suspended";

/** A key as its owner and administrators see it. */
export interface KeyView {
  id: string;
  name: string;
  /** Its first and last characters. */
  hint: string;
  /** Id of the principal who made it. */
  owner: string;
  isOwn: boolean;
  state: KeyState;
  /** Epoch milliseconds, as are the others. */
  createdAt: number;
  expiresAt?: number | undefined;
  lastUsedAt?: number | undefined;
  revokedAt?: number | undefined;
  /** Routes and targets that it may ask; none means all. */
  routes: readonly string[];
  limits: KeyLimits;
  spend: KeySpend;
}

/** A key that was just made: the only time that it is told. */
export interface CreatedKey extends KeyView {
  key: string;
}

export type NewKey = KeySettings;

export interface KeyServiceOptions {
  ring: KeyRing;
  limits: () => LimitsConfig;
  /** Epoch milliseconds. */
  now?: () => number;
}

/** Making, changing and revoking keys: administrators all, members their own. */
export class KeyService {
  readonly #ring: KeyRing;
  readonly #limits: () => LimitsConfig;
  readonly #now: () => number;

  constructor({ ring, limits, now = () => Date.now() }: KeyServiceOptions) {
    this.#ring = ring;
    this.#limits = limits;
    this.#now = now;
  }

  /** Newest first. */
  list(principal: Principal): KeyView[] {
    return this.#ring
      .list()
      .filter(({ owner }) => maySee(principal, owner))
      .map((record) => this.#view(principal, record))
      .reverse();
  }

  /** @throws {FailureError} `invalid-input` for a limit or a date that the caller may not set, `forbidden` for too many keys. */
  async create(principal: Principal, settings: NewKey): Promise<CreatedKey> {
    this.#check(principal, settings);
    const isActive = (record: ApiKeyRecord) => record.owner === principal.id && this.#stateOf(record) === "active";
    if (this.#ring.list().filter(isActive).length >= KEYS_EACH) {
      throw new FailureError("forbidden", {
        detail: {
          en: `At most ${KEYS_EACH} keys in use are allowed to one owner`,
          ar: `الحد الأقصى للمفاتيح المستعملة لكل مالك: ${KEYS_EACH}`,
        },
      });
    }
    const key = newKey();
    const record: ApiKeyRecord = {
      ...settings,
      id: newId(),
      owner: principal.id,
      hash: hashOfKey(key),
      hint: hintOfKey(key),
      createdAt: this.#now(),
      isSuspended: false,
    };
    await this.#ring.add(record);
    return { ...this.#view(principal, record), key };
  }

  /** @throws {FailureError} `key-not-found`, or as `create` does. */
  async update(principal: Principal, id: string, settings: KeySettings): Promise<KeyView> {
    const { expiresAt } = this.#find(principal, id);
    // A date that has passed may stay; a new one must lie ahead.
    this.#check(principal, expiresAt === settings.expiresAt ? { ...settings, expiresAt: undefined } : settings);
    await this.#ring.change(id, settings);
    return this.#view(principal, this.#find(principal, id));
  }

  /** @throws {FailureError} `key-not-found`. */
  async revoke(principal: Principal, id: string): Promise<KeyView> {
    this.#find(principal, id);
    await this.#ring.revoke(id);
    return this.#view(principal, this.#find(principal, id));
  }

  /** Another's key is like none. */
  #find(principal: Principal, id: string): ApiKeyRecord {
    const record = this.#ring.find(id);
    if (record === undefined || !maySee(principal, record.owner)) throw new FailureError("key-not-found");
    return record;
  }

  #check({ role }: Principal, { expiresAt, limits }: KeySettings): void {
    if (expiresAt !== undefined && expiresAt <= this.#now()) {
      throw new FailureError("invalid-input", {
        param: "expiresAt",
        detail: { en: "The date has passed", ar: "انقضى هذا التاريخ" },
      });
    }
    if (role === "administrator") return;
    const { requestsPerMinute, tokensPerMinute, answersEach } = this.#limits();
    const ceilings = [
      ["requestsPerMinute", requestsPerMinute],
      ["tokensPerMinute", tokensPerMinute],
      ["concurrentAnswers", answersEach],
    ] as const;
    for (const [name, ceiling] of ceilings) {
      // Else a member could give a key more than the member has.
      if (ceiling === 0 || (limits[name] ?? 0) <= ceiling) continue;
      throw new FailureError("invalid-input", {
        param: `limits.${name}`,
        detail: {
          en: `Only an administrator may set more than the server's ${ceiling}`,
          ar: `لا يحق لغير المدير تجاوز حد الخادم وهو ${ceiling}`,
        },
      });
    }
  }

  #stateOf({ revokedAt, expiresAt, isSuspended }: ApiKeyRecord): KeyState {
    if (revokedAt !== undefined) return "revoked";
    if (expiresAt !== undefined && expiresAt <= this.#now()) return "expired";
    return isSuspended ? "suspended" : "active";
  }

  #view(principal: Principal, record: ApiKeyRecord): KeyView {
    const { id, name, hint, owner, createdAt, expiresAt, lastUsedAt, revokedAt, routes, limits } = record;
    return {
      id,
      name,
      hint,
      owner,
      isOwn: owner === principal.id,
      state: this.#stateOf(record),
      createdAt,
      expiresAt,
      lastUsedAt,
      revokedAt,
      routes,
      limits,
      spend: this.#ring.spendOf(id) ?? { dailyUsd: 0, monthlyUsd: 0, totalUsd: 0, totalTokens: 0, answers: 0 },
    };
  }
}

function maySee({ id, role }: Principal, owner: string): boolean {
  return role === "administrator" || owner === id;
}
