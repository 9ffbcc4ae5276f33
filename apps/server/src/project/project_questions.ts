import type { Principal } from "../auth/principal.ts";
import { FailureError } from "../failure_error.ts";
import type { ProjectContext, ProjectSettings } from "./project_context.ts";
import { ProjectReader } from "./project_reader.ts";
import { shownName } from "./shown_name.ts";

/** What can be asked about the configured project. */
export interface ProjectInfo {
  name: string;
  /** Most characters that are sent along with one question. */
  maxCharacters: number;
}

export interface ProjectQuestionsOptions {
  /** Told what went wrong with the folder: readers are told only that something did. */
  onError: (error: unknown) => void;
}

/** Questions about the configured folder; only administrators are given what stands in it. */
export class ProjectQuestions {
  readonly #options: ProjectQuestionsOptions;
  #settings: ProjectSettings | undefined;
  #reader: ProjectReader | undefined;

  constructor(options: ProjectQuestionsOptions) {
    this.#options = options;
  }

  /** Takes another folder, or other limits; what is being read for a question under way is still given. */
  configure(settings: ProjectSettings | undefined): void {
    if (JSON.stringify(settings) === JSON.stringify(this.#settings)) return;
    const before = this.#reader;
    this.#settings = settings;
    this.#reader = settings && new ProjectReader(settings);
    void before?.finish();
  }

  /** `undefined` where no folder is configured, or it is not this principal's business. */
  info(principal: Principal): ProjectInfo | undefined {
    if (this.#settings === undefined || principal.role !== "administrator") return undefined;
    const { directory, maxCharacters } = this.#settings;
    return { name: shownName(directory), maxCharacters };
  }

  /**
   * What is to be sent along with a question.
   *
   * @throws {FailureError} `forbidden`, `project-not-configured` or `project-unreadable`.
   */
  async read(principal: Principal, question: string): Promise<ProjectContext> {
    if (principal.role !== "administrator") throw new FailureError("forbidden", { param: "project" });
    if (this.#reader === undefined) throw new FailureError("project-not-configured", { param: "project" });
    try {
      return await this.#reader.read(question);
    } catch (cause) {
      this.#options.onError(cause);
      throw new FailureError("project-unreadable", { cause });
    }
  }

  async close(): Promise<void> {
    await this.#reader?.close();
  }
}
