import { FailureError, type FailureInfo } from "@cogniforge/client";
import type { ConsoleApi, MeasuredAnswer, Overview, Pulse, RangeName } from "#lib/api/console_api.ts";
import { followLive } from "#lib/ui/follow_live.ts";

type DashboardApi = Pick<ConsoleApi, "readOverview" | "readLatest" | "watchPulse">;

/** Ranges in the order in which they are offered. */
export const RANGE_NAMES: readonly RangeName[] = ["5m", "1h", "6h", "24h", "7d", "30d"];

/** Least time between two readings of a range while answers end, in milliseconds: long ranges change slowly. */
const READ_EVERY_MS: Record<RangeName, number> = {
  "5m": 1_000,
  "1h": 2_000,
  "6h": 10_000,
  "24h": 20_000,
  "7d": 30_000,
  "30d": 30_000,
};

/** A range moves on with time, also when nothing ends: it is read at least once in this time. */
const MOVE_ON_MS: Record<RangeName, number> = {
  "5m": 10_000,
  "1h": 60_000,
  "6h": 60_000,
  "24h": 120_000,
  "7d": 300_000,
  "30d": 300_000,
};

/** Answers in the list of the latest. */
const LATEST = 12;

/** What the dashboard shows: the pulse as it is pushed, and a range that is read again when something has changed. */
export class DashboardState {
  readonly #api: DashboardApi;
  /** Counts what is asked, so that an older reply never covers a newer one. */
  #asked = 0;
  #readAt = 0;
  #ended: number | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** When the range is read next. */
  #dueAt = 0;
  #isFollowing = false;
  range = $state<RangeName>("1h");
  route = $state<string | undefined>();
  target = $state<string | undefined>();
  overview = $state.raw<Overview | undefined>();
  latest = $state.raw<readonly MeasuredAnswer[]>([]);
  pulse = $state.raw<Pulse | undefined>();
  /** Whether the pulse is being followed. */
  isLive = $state(false);
  /** When the pulse came, on this page's clock in epoch milliseconds. */
  pulseAt = $state(0);
  /** Why the last reading failed; what was read before stays. */
  failure = $state.raw<FailureInfo | undefined>();

  constructor(api: DashboardApi) {
    this.#api = api;
  }

  /** Shows another range, or only some answers. */
  async choose(choice: { range?: RangeName; route?: string | undefined; target?: string | undefined }): Promise<void> {
    if (choice.range !== undefined) this.range = choice.range;
    if ("route" in choice) this.route = choice.route;
    if ("target" in choice) this.target = choice.target;
    await this.refresh();
  }

  /** Reads the range and the latest answers. */
  async refresh(): Promise<void> {
    this.#asked += 1;
    const asked = this.#asked;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const { range } = this;
    const filter = this.#filter();
    try {
      const [overview, latest] = await Promise.all([
        this.#api.readOverview({ range, ...filter }),
        this.#api.readLatest({ limit: LATEST, ...filter }),
      ]);
      if (asked !== this.#asked) return;
      this.overview = overview;
      this.latest = latest;
      this.failure = undefined;
    } catch (error) {
      if (!(error instanceof FailureError)) throw error;
      if (asked === this.#asked) this.failure = error.info;
    }
    if (asked !== this.#asked) return;
    this.#readAt = Date.now();
    this.#readWithin(MOVE_ON_MS[range]);
  }

  /** Follows while the page can be seen, until `signal` aborts. */
  async follow(signal: AbortSignal): Promise<void> {
    await followLive(signal, {
      watch: (leave) => this.#watch(leave),
      onReading: (pulse) => this.#take(pulse),
      onLost: (failure) => {
        this.isLive = false;
        this.failure = failure;
      },
    });
  }

  #filter(): { route?: string; target?: string } {
    const { route, target } = this;
    return { ...(route !== undefined && { route }), ...(target !== undefined && { target }) };
  }

  /** The list alone, which is quickly read: what has just ended is not kept waiting for its range. */
  async #readLatest(): Promise<void> {
    const asked = this.#asked;
    try {
      const latest = await this.#api.readLatest({ limit: LATEST, ...this.#filter() });
      if (asked === this.#asked) this.latest = latest;
    } catch (error) {
      // The range is read soon, and tells what is wrong.
      if (!(error instanceof FailureError)) throw error;
    }
  }

  /** The pulse; while it is followed, the range is read as it moves on. */
  async *#watch(signal: AbortSignal): AsyncGenerator<Pulse> {
    this.#isFollowing = true;
    try {
      void this.refresh();
      yield* this.#api.watchPulse(signal);
    } finally {
      this.#isFollowing = false;
      clearTimeout(this.#timer);
    }
  }

  #take(pulse: Pulse): void {
    this.pulse = pulse;
    this.pulseAt = Date.now();
    this.isLive = true;
    const isNews = this.#ended !== undefined && this.#ended !== pulse.ended;
    this.#ended = pulse.ended;
    if (isNews) void this.#readLatest();
    if (isNews || this.failure !== undefined) this.#readWithin(READ_EVERY_MS[this.range]);
  }

  /** Reads again so long after the last reading, or sooner where that was planned already. */
  #readWithin(ms: number): void {
    if (!this.#isFollowing) return;
    const at = this.#readAt + ms;
    if (this.#timer !== undefined && at >= this.#dueAt) return;
    clearTimeout(this.#timer);
    this.#dueAt = at;
    this.#timer = setTimeout(() => void this.refresh(), Math.max(0, at - Date.now()));
  }
}
