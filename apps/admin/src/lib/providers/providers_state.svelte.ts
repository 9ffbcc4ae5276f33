import { FailureError, type FailureInfo } from "@cogniforge/client";
import type { ConsoleApi, DrillStatus, FaultInput, ProvidersView } from "#lib/api/console_api.ts";
import { followLive } from "#lib/ui/follow_live.ts";

type ProvidersApi = Pick<ConsoleApi, "readProviders" | "watchProviders" | "armDrill" | "disarmDrill" | "resetBreaker">;

/** How the providers do, as it is told, and the drills that are held on them. */
export class ProvidersState {
  readonly #api: ProvidersApi;
  /** Counts what is asked, so that an older reply never covers a newer one. */
  #asked = 0;
  view = $state.raw<ProvidersView | undefined>();
  /** When `view` came, on this page's clock in epoch milliseconds. */
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
      if (asked === this.#asked) this.#take(view);
    } catch (error) {
      if (!(error instanceof FailureError)) throw error;
      if (asked === this.#asked) this.failure = error.info;
    }
  }

  /** Follows how they do while the page can be seen, until `signal` aborts. */
  follow(signal: AbortSignal): Promise<void> {
    return followLive(signal, {
      watch: (leave) => this.#api.watchProviders(leave),
      onReading: (view) => this.#take(view),
      onLost: (failure) => {
        this.failure = failure;
      },
    });
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

  #take(view: ProvidersView): void {
    this.view = view;
    this.readAt = Date.now();
    this.failure = undefined;
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
