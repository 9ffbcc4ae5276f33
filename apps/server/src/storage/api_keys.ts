/** What a key may use up; an absent limit is the server's own for everybody, an absent budget is none. */
export interface KeyLimits {
  requestsPerMinute?: number | undefined;
  tokensPerMinute?: number | undefined;
  concurrentAnswers?: number | undefined;
  /** US dollars a day, a month (both of UTC), and in all. */
  dailyUsd?: number | undefined;
  monthlyUsd?: number | undefined;
  totalUsd?: number | undefined;
}

/** What can be changed of a key. */
export interface KeySettings {
  /** For people to read. */
  name: string;
  /** Epoch milliseconds. */
  expiresAt?: number | undefined;
  /** Routes, and targets as `provider/model`, that it may ask; none means all. */
  routes: readonly string[];
  limits: KeyLimits;
}

/** A key of programs as it is kept: never the key itself. */
export interface ApiKeyRecord extends KeySettings {
  id: string;
  /** Id of the principal who made it. */
  owner: string;
  /** SHA-256 of the key in base64url. */
  hash: string;
  /** Its first and last characters, such as `cf-aB3d…wxyz`. */
  hint: string;
  /** Epoch milliseconds, as are the others. */
  createdAt: number;
  lastUsedAt?: number | undefined;
  revokedAt?: number | undefined;
  /** Its owner may not sign in at present. */
  isSuspended: boolean;
}

/** What one answer used up. */
export interface Spending {
  usd: number;
  tokens: number;
}

/** What a key has used up until now. */
export interface KeySpend {
  /** US dollars of one day, of its month, and in all. */
  dailyUsd: number;
  monthlyUsd: number;
  totalUsd: number;
  totalTokens: number;
  answers: number;
}

/** The store of keys. Days are written `2026-11-23`, in UTC. */
export interface ApiKeyStore {
  all(): Promise<ApiKeyRecord[]>;
  insert(record: ApiKeyRecord): Promise<void>;
  update(id: string, settings: KeySettings): Promise<void>;
  revoke(id: string, at: number): Promise<void>;
  /** Suspends or frees all keys of an owner. */
  suspend(owner: string, isSuspended: boolean): Promise<void>;
  noteUse(uses: ReadonlyMap<string, number>): Promise<void>;
  addSpending(id: string, day: string, spending: Spending): Promise<void>;
  /** By id of the key, seen from a day; keys that have spent nothing are absent. */
  spendings(day: string): Promise<Map<string, KeySpend>>;
}
