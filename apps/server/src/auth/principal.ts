import type { KeyLimits } from "../storage/api_keys.ts";

export type UserRole = "administrator" | "member";

/** What a key lets its program do. */
export interface KeyGrant {
  id: string;
  /** Routes, and targets as `provider/model`, that it may ask; none means all. */
  routes: readonly string[];
  limits: KeyLimits;
}

/** Who is asking: a signed-in user or a program with a key. Answers and conversations belong to its `id`. */
export interface Principal {
  /** `user:…` or `key:…`. */
  id: string;
  kind: "user" | "key";
  /** A `program` asks and reads its own answers, and manages nothing. */
  role: UserRole | "program";
  /** For people to read. */
  name: string;
  /** Absent for users, and for the key of `COGNIFORGE_API_KEY`, which nothing but the server itself limits. */
  grant?: KeyGrant | undefined;
}

/** Whether a route, or a target as `provider/model`, may be asked. */
export function mayAsk({ grant }: Principal, route: string): boolean {
  return grant === undefined || grant.routes.length === 0 || grant.routes.includes(route);
}
