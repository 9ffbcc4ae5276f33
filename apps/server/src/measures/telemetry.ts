import type { AnswerState, TargetName } from "@cogniforge/core/events";
import type { JournalHeader } from "@cogniforge/core/journal";
import { systemWallClock } from "@cogniforge/core/journal";
import type { AnswerMeasures, StreamObserver } from "@cogniforge/core/metrics";
import { AnswerCounters, Meter, measuresOf, noteAnswer } from "@cogniforge/core/metrics";
import type { BreakerStatus } from "@cogniforge/core/resilience";
import { VERSION } from "../version.ts";
import { LastMinute } from "./last_minute.ts";

/** What stands for the key of a provider, and so for every model, in the labels of a breaker. */
const EVERY_MODEL = "*";

/** What is read when somebody asks for it. */
export interface LiveReadings {
  running: () => number;
  readers: () => number;
  breakers: () => readonly BreakerStatus[];
}

/** Hears of everything that is measured, and counts it, in memory alone. */
export class Telemetry implements StreamObserver {
  readonly meter = new Meter();
  readonly counters = new AnswerCounters();
  readonly lastMinute = new LastMinute(systemWallClock);
  /** Answers that ended since the start, and whose measures can be read. */
  ended = 0;

  constructor() {
    const { meter } = this;
    meter.read("memory", () => [{ labels: {}, value: process.memoryUsage.rss() }]);
    meter.read("cpu", () => {
      const { user, system } = process.cpuUsage();
      return [{ labels: {}, value: (user + system) / 1000 }];
    });
    meter.read("startTime", () => [{ labels: {}, value: performance.timeOrigin }]);
    meter.read("build", () => [{ labels: { version: VERSION }, value: 1 }]);
  }

  /** Names what is read from elsewhere. */
  connect({ running, readers, breakers }: LiveReadings): void {
    this.meter.read("runningAnswers", () => [{ labels: {}, value: running() }]);
    this.meter.read("openReaders", () => [{ labels: {}, value: readers() }]);
    this.meter.read("breakers", () =>
      breakers().map(({ provider, model = EVERY_MODEL, state }) => ({ labels: { provider, model, state }, value: 1 })),
    );
  }

  noteStart({ ask }: JournalHeader): void {
    this.counters.noteStart();
    this.meter.add("answersStarted", { route: routeOf(ask) });
  }

  /** @param state Of an answer that has ended. */
  noteEnd({ answerId, ask }: JournalHeader, state: AnswerState): void {
    const { end } = state;
    if (end === undefined) return;
    const measures: AnswerMeasures = measuresOf(answerId, routeOf(ask), end);
    this.counters.noteEnd(state);
    this.lastMinute.note(measures);
    noteAnswer(this.meter, measures, end);
  }

  /** The measures of an answer that has ended are in the store. */
  noteKept(): void {
    this.ended += 1;
  }

  noteGap({ provider, model }: TargetName, ms: number): void {
    this.meter.observe("interTokenGap", { provider, model }, ms);
  }

  noteAddedLatency(ms: number): void {
    this.meter.observe("addedLatency", {}, ms);
  }

  /** A transaction of the journal. */
  noteCommit(writes: number, ms: number): void {
    this.meter.add("journalCommits", {});
    this.meter.add("journalWrites", {}, writes);
    this.meter.observe("journalCommitTime", {}, ms);
  }

  /** The longest delay of the event loop within one period. */
  noteLoopDelay(ms: number): void {
    this.meter.observe("eventLoopDelay", {}, ms);
  }
}

/** The route that an ask names; read without checking all of the ask, which can be long. */
function routeOf(ask: unknown): string {
  const route = typeof ask === "object" && ask !== null && "route" in ask ? ask.route : undefined;
  return typeof route === "string" ? route : "default";
}
