import { FailureError, type FailureInfo } from "@cogniforge/client";
import type { ConsoleApi, DrillStatus, FaultInput, ProvidersView } from "#lib/api/console_api.ts";

type ProvidersApi = Pick<ConsoleApi, "readProviders" | "armDrill" | "disarmDrill" | "resetBreaker">;

/** Pause between two readings while the page can be seen, in milliseconds. */
const REFRESH_MS = 2_000;

/** How the providers do, read again and again, and the drills that are held on them. */
export class ProvidersState {
  readonly #api: ProvidersApi;
  /** Counts what is asked, so that an older reply never covers a newer one. */
  #asked = 0;
  view = $state.raw<ProvidersView | undefined>();
  /** When `view` was read, on this page's clock in epoch milliseconds. */
  readAt = $state(0);
  /** Why the last reading failed; what was read before stays. */
  failure = $state.raw<FailureInfo | undefined>();
  /** Why the last drill could not be armed or disarmed. */
  drillFailure = $state.raw<FailureInfo | undefined>();
  isChanging = $state(false);
  /** Why the last breaker could not be reset. */
  breakerFailure = $state.raw<FailureInfo | undefined>();

  constructor(api: ProvidersApi) {
    this.#api = api;
  }

  /** Those that a route may name, the usable ones first. */
  get names(): string[] {
    const { drills = [], routes = [] } = this.view ?? {};
    const usable = drills.map(({ provider }) => provider);
    const listed = routes.flatMap(({ targets }) => targets.map(({ provider }) => provider));
    return [...new Set([...usable, ...listed])];
  }

  async refresh(): Promise<void> {
    this.#asked += 1;
    const asked = this.#asked;
    try {
      const view = await this.#api.readProviders();
      if (asked !== this.#asked) return;
      this.view = view;
      this.readAt = Date.now();
      this.failure = undefined;
    } catch (error) {
      if (!(error instanceof FailureError)) throw error;
      if (asked === this.#asked) this.failure = error.info;
    }
  }

  /** Reads at once and then every two seconds while the page can be seen, until the returned function is called. */
  follow(page: Document): () => void {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let isReading = false;
    let isOver = false;
    const read = async () => {
      clearTimeout(timer);
      if (isReading || isOver || page.visibilityState !== "visible") return;
      isReading = true;
      await this.refresh().finally(() => {
        isReading = false;
      });
      if (!isOver) timer = setTimeout(readNow, REFRESH_MS);
    };
    const readNow = () => void read();
    page.addEventListener("visibilitychange", readNow);
    void read();
    return () => {
      isOver = true;
      clearTimeout(timer);
      page.removeEventListener("visibilitychange", readNow);
    };
  }

  /** @returns Whether it is armed. */
  arm(provider: string, fault: FaultInput): Promise<boolean> {
    return this.#change(() => this.#api.armDrill(provider, fault));
  }

  /** @returns Whether it is disarmed. */
  disarm(provider: string): Promise<boolean> {
    return this.#change(() => this.#api.disarmDrill(provider));
  }

  /** @returns Whether it is closed. */
  async resetBreaker(provider: string): Promise<boolean> {
    try {
      await this.#api.resetBreaker(provider);
      this.breakerFailure = undefined;
    } catch (error) {
      if (!(error instanceof FailureError)) throw error;
      this.breakerFailure = error.info;
      return false;
    }
    await this.refresh();
    return true;
  }

  async #change(change: () => Promise<DrillStatus>): Promise<boolean> {
    this.isChanging = true;
    try {
      const drill = await change();
      // A reading that was under way may not know of it yet.
      this.#asked += 1;
      this.drillFailure = undefined;
      const { view } = this;
      if (view) {
        this.view = { ...view, drills: view.drills.map((one) => (one.provider === drill.provider ? drill : one)) };
      }
      return true;
    } catch (error) {
      if (!(error instanceof FailureError)) throw error;
      this.drillFailure = error.info;
      return false;
    } finally {
      this.isChanging = false;
    }
  }
}
