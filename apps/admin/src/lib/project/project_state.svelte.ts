import { FailureError } from "@cogniforge/client";
import type { ConsoleApi, ProjectInfo } from "#lib/api/console_api.ts";

/** The project that questions can be about. */
export class ProjectState {
  readonly #api: Pick<ConsoleApi, "projectInfo">;
  /** Absent where none is configured, or it is not this user's business. */
  info = $state.raw<ProjectInfo | undefined>();

  constructor(api: Pick<ConsoleApi, "projectInfo">) {
    this.#api = api;
  }

  /** Without a reply the chat goes on without a project. */
  async refresh(): Promise<void> {
    try {
      this.info = await this.#api.projectInfo();
    } catch (error) {
      if (!(error instanceof FailureError)) throw error;
    }
  }
}
