import { FailureError, type FailureInfo } from "@cogniforge/client";
import type { AdministrationApi, RouteHistory, RouteSaved, RouteSetup } from "#lib/api/administration_api.ts";
import { RouteDraft } from "./route_draft.svelte.ts";

/** The change that can be undone: the version it made, and the one before. */
interface Undoable {
  route: string;
  version: number;
  before: number;
}

/** One route being changed, and what was changed before. */
export class RouteEditing {
  readonly #api: AdministrationApi;
  readonly #onSaved: () => Promise<void>;
  draft = $state.raw<RouteDraft | undefined>();
  history = $state.raw<RouteHistory | undefined>();
  failure = $state.raw<FailureInfo | undefined>();
  undoable = $state.raw<Undoable | undefined>();
  isSaving = $state(false);

  /** @param onSaved Reads what is in force now. */
  constructor(api: AdministrationApi, onSaved: () => Promise<void>) {
    this.#api = api;
    this.#onSaved = onSaved;
  }

  begin(setup?: RouteSetup): void {
    this.draft = new RouteDraft(setup);
    this.failure = undefined;
    this.undoable = undefined;
  }

  cancel(): void {
    this.draft = undefined;
    this.failure = undefined;
  }

  /** @param after The version that is shown. @returns Whether it is in force. */
  async save(after: number): Promise<boolean> {
    const { draft } = this;
    if (draft === undefined) return false;
    const route = draft.name.trim();
    const isSaved = await this.#change(route, after, () =>
      this.#api.saveRoute({ route, after, settings: draft.settings() }),
    );
    if (isSaved) this.draft = undefined;
    return isSaved;
  }

  async reset({ route, version }: RouteSetup): Promise<boolean> {
    const isSaved = await this.#change(route, version, () => this.#api.resetRoute({ route, after: version }));
    if (isSaved) this.draft = undefined;
    return isSaved;
  }

  restore(route: string, after: number, version: number): Promise<boolean> {
    return this.#change(route, after, () => this.#api.restoreRoute({ route, after, version }));
  }

  /** Brings back what held before the last change. */
  async undo(): Promise<boolean> {
    const { undoable } = this;
    if (undoable === undefined) return false;
    const isUndone = await this.restore(undoable.route, undoable.version, undoable.before);
    if (isUndone) this.undoable = undefined;
    return isUndone;
  }

  /** Shows what was changed before, or hides it. */
  async toggleHistory(route: string): Promise<void> {
    if (this.history === undefined) await this.#readHistory(route);
    else this.history = undefined;
  }

  async #readHistory(route: string): Promise<void> {
    await this.#attempt(async () => {
      this.history = await this.#api.routeHistory(route);
    });
  }

  async #change(route: string, before: number, change: () => Promise<RouteSaved>): Promise<boolean> {
    this.isSaving = true;
    let isSaved = false;
    await this.#attempt(async () => {
      const result = await change();
      if (!result.isSaved) {
        if (this.draft) this.draft.problems = result.problems;
        // There is no field to say it at.
        else this.failure = failureOf(result);
        return;
      }
      isSaved = true;
      this.undoable = { route, version: result.version, before };
      await this.#onSaved();
      if (this.history !== undefined) await this.#readHistory(route);
    });
    this.isSaving = false;
    return isSaved;
  }

  async #attempt(act: () => Promise<void>): Promise<void> {
    try {
      this.failure = undefined;
      await act();
    } catch (error) {
      if (!(error instanceof FailureError)) throw error;
      this.failure = error.info;
    }
  }
}

function failureOf({ problems }: Extract<RouteSaved, { isSaved: false }>): FailureInfo {
  const lines = problems.map(({ path, message }) => {
    const at = path === "" ? "" : `${path}: `;
    return { en: at + message.en, ar: at + message.ar };
  });
  const message = { en: lines.map(({ en }) => en).join("; "), ar: lines.map(({ ar }) => ar).join("؛ ") };
  return { code: "invalid-input", message, remedy: { en: "", ar: "" } };
}
