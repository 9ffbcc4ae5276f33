import { FailureError, type FailureInfo } from "@cogniforge/client";
import type { AdministrationApi, AuditEntry } from "#lib/api/administration_api.ts";

/** Who changed what, read page by page. */
export class AuditState {
  readonly #api: Pick<AdministrationApi, "listAudit">;
  #cursor: number | undefined;
  /** `undefined` before the first page. */
  entries = $state.raw<readonly AuditEntry[] | undefined>();
  hasMore = $state(false);
  isReading = $state(false);
  failure = $state.raw<FailureInfo | undefined>();

  constructor(api: Pick<AdministrationApi, "listAudit">) {
    this.#api = api;
  }

  /** Reads the page that follows what is there. */
  async read(): Promise<void> {
    this.isReading = true;
    try {
      const { entries, nextCursor } = await this.#api.listAudit(this.#cursor);
      this.entries = [...(this.entries ?? []), ...entries];
      this.#cursor = nextCursor;
      this.hasMore = nextCursor !== undefined;
      this.failure = undefined;
    } catch (error) {
      if (!(error instanceof FailureError)) throw error;
      this.failure = error.info;
    } finally {
      this.isReading = false;
    }
  }
}
