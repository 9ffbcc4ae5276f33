import { FailureError, type FailureInfo } from "@cogniforge/client";
import type { ConsoleApi, SentProject } from "#lib/api/console_api.ts";
import { type FoundSection, findInSections } from "./find_in_sections.ts";

/** What was sent of the project along with one question: read when it is looked at, and searched. */
export class SentContext {
  readonly #api: Pick<ConsoleApi, "sentProject">;
  readonly #answerId: string;
  sent = $state.raw<SentProject | undefined>();
  failure = $state.raw<FailureInfo | undefined>();
  query = $state("");
  readonly sections: readonly FoundSection[] = $derived(
    this.sent === undefined ? [] : findInSections(this.sent, this.query),
  );
  readonly matches = $derived(this.sections.reduce((sum, { matches }) => sum + matches, 0));

  constructor(api: Pick<ConsoleApi, "sentProject">, answerId: string) {
    this.#api = api;
    this.#answerId = answerId;
  }

  async read(): Promise<void> {
    if (this.sent !== undefined) return;
    this.failure = undefined;
    try {
      this.sent = await this.#api.sentProject(this.#answerId);
    } catch (error) {
      if (!(error instanceof FailureError)) throw error;
      this.failure = error.info;
    }
  }
}
