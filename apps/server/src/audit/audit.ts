import type { WallClock } from "@cogniforge/core/journal";
import type { Principal } from "../auth/principal.ts";
import type { AuditLog, AuditPage, ListAuditOptions } from "../storage/mod.ts";
import { withoutSecrets } from "./without_secrets.ts";

/** One change as whoever made it reports it. */
export interface AuditRecord {
  /** A kebab literal, noun then action: `route-changed`. */
  action: string;
  /** What was acted on: a route's name, a key's id. */
  object: string;
  /** Whatever JSON explains the change; what looks like a secret in it is not kept. */
  detail?: unknown;
}

/** Keeps who changed what and when. */
export class Audit {
  readonly #log: AuditLog;
  readonly #clock: WallClock;

  constructor(log: AuditLog, clock: WallClock) {
    this.#log = log;
    this.#clock = clock;
  }

  async record(
    { id, name }: Pick<Principal, "id" | "name">,
    { action, object, detail = {} }: AuditRecord,
  ): Promise<void> {
    await this.#log.add({
      at: this.#clock.wallTime(),
      principal: id,
      principalName: name,
      action,
      object,
      detail: withoutSecrets(detail),
    });
  }

  list(options: ListAuditOptions): Promise<AuditPage> {
    return this.#log.list(options);
  }
}
