import type { WallClock } from "@cogniforge/core/journal";
import type { AnswerCounts } from "@cogniforge/core/metrics";
import { EXPOSITION_TYPE, exposition } from "@cogniforge/core/metrics";
import type { BreakerStatus } from "@cogniforge/core/resilience";
import type { Principal } from "../auth/principal.ts";
import type { Measures } from "../services.ts";
import type { MeasuredAnswer, MeasureFilter, MeasureStore } from "../storage/mod.ts";
import type { Overview, RangeName } from "./overview.ts";
import { readOverview, summaryOf } from "./overview.ts";
import type { Pulse } from "./pulse.ts";
import type { LiveReadings, Telemetry } from "./telemetry.ts";
import { watchReading } from "./watch_reading.ts";

export interface MeasureServiceOptions {
  telemetry: Telemetry;
  store: MeasureStore;
  readings: LiveReadings;
  clock: WallClock;
}

/** Everything that is measured, for whoever asks. */
export class MeasureService implements Measures {
  readonly #telemetry: Telemetry;
  readonly #store: MeasureStore;
  readonly #readings: LiveReadings;
  readonly #clock: WallClock;

  constructor({ telemetry, store, readings, clock }: MeasureServiceOptions) {
    this.#telemetry = telemetry;
    this.#store = store;
    this.#readings = readings;
    this.#clock = clock;
    telemetry.connect(readings);
  }

  counts(): AnswerCounts {
    return this.#telemetry.counters.counts();
  }

  breakers(): BreakerStatus[] {
    return [...this.#readings.breakers()];
  }

  overview(range: RangeName, filter: MeasureFilter): Promise<Overview> {
    return readOverview(this.#store, range, this.#clock.wallTime(), filter);
  }

  latest(principal: Principal, limit: number, filter: MeasureFilter): Promise<MeasuredAnswer[]> {
    return this.#store.latest(principal.id, limit, filter);
  }

  pulse(): Pulse {
    const { running, readers } = this.#readings;
    const { ended, lastMinute } = this.#telemetry;
    return {
      running: running(),
      readers: readers(),
      ended,
      lastMinute: summaryOf(lastMinute.sums()),
      breakers: this.breakers(),
    };
  }

  watch(signal: AbortSignal): AsyncIterable<Pulse> {
    return watchReading(() => this.pulse(), signal);
  }

  scrape(): { type: string; text: string } {
    return { type: EXPOSITION_TYPE, text: exposition(this.#telemetry.meter) };
  }
}
