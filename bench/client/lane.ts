import { connect, type Socket } from "node:net";
import { MODES } from "../wire/modes.ts";
import { nowUs } from "../wire/token_text.ts";
import { openDoor } from "./doors.ts";
import type { Job } from "./job.ts";
import { SequenceChecker } from "./sequence_checker.ts";
import type { Talk } from "./talk.ts";
import type { Tally } from "./tally.ts";

/** Streams from one loopback address; a port is used up by each, and there are some 28,000 of them. */
const STREAMS_PER_ADDRESS = 2_000;

/** One connection, kept alive, with one answer after the other. */
export class Lane {
  readonly #job: Job;
  readonly #tally: Tally;
  readonly #index: number;
  readonly #onDone: () => void;
  #socket: Socket | undefined;
  #talk: Talk | undefined;
  #isStalled: boolean;
  #answers = 0;
  #nowUs = 0;
  #fail: ((fault: string) => void) | undefined;

  /** @param onDone Told once, when the lane has no more to do. */
  constructor(job: Job, index: number, tally: Tally, onDone: () => void) {
    this.#job = job;
    this.#index = index;
    this.#tally = tally;
    this.#onDone = onDone;
    this.#isStalled = index < (job.stalled?.lanes ?? 0);
  }

  start(): void {
    this.#open();
    this.#ask();
  }

  #open(): void {
    const { port } = this.#job;
    const address = 1 + (Math.floor(this.#index / STREAMS_PER_ADDRESS) % 250);
    // Other systems than Linux know 127.0.0.1 alone.
    const localAddress = process.platform === "linux" ? `127.0.0.${address}` : "127.0.0.1";
    const socket = connect({ host: "127.0.0.1", port, localAddress, noDelay: true });
    let fault = "cut";
    socket.on("data", (bytes) => this.#data(socket, bytes));
    socket.on("error", (error: NodeJS.ErrnoException) => {
      fault = error.code ?? error.message;
    });
    socket.on("close", () => {
      if (this.#socket !== socket) return;
      this.#socket = undefined;
      this.#fail?.(fault);
    });
    this.#socket = socket;
    this.#talk = openDoor(socket, this.#job, this.#index);
  }

  #data(socket: Socket, bytes: Buffer): void {
    this.#nowUs = nowUs();
    this.#tally.bytes += bytes.length;
    this.#talk?.data(bytes);
    if (!this.#isStalled) return;
    this.#isStalled = false;
    socket.pause();
    setTimeout(() => socket.resume(), this.#job.stalled?.forMs);
  }

  #ask(): void {
    const tally = this.#tally;
    const { steadyFromMs = 0, steadyUntilMs = Number.POSITIVE_INFINITY } = this.#job;
    const isAlwaysSteady = steadyFromMs === 0 && steadyUntilMs === Number.POSITIVE_INFINITY;
    const isSteady = () => isAlwaysSteady || (tally.elapsedMs >= steadyFromMs && tally.elapsedMs < steadyUntilMs);
    const askedUs = nowUs();
    const checker = new SequenceChecker(MODES[this.#job.model].tokens, (sentUs) => {
      if (checker.tokens === 1) tally.firstToken.add(this.#nowUs - askedUs);
      if (isSteady()) tally.latency.add(this.#nowUs - sentUs);
    });
    let isOver = false;
    const done = (fault?: string) => {
      if (isOver) return;
      isOver = true;
      this.#fail = undefined;
      tally.tokens += checker.tokens;
      tally.total.add(nowUs() - askedUs);
      // The connection's own fault says more than what is missing because of it.
      tally.ended(fault ?? checker.end());
      this.#answers++;
      // A server under test that answers at once would else be asked deeper and deeper in one call.
      if (this.#hasMore()) setImmediate(() => this.#again());
      else this.#close();
    };
    this.#fail = done;
    this.#talk?.ask({ text: (text) => checker.push(text), done });
  }

  #again(): void {
    if (this.#socket === undefined) this.#open();
    this.#ask();
  }

  #hasMore(): boolean {
    const { durationMs, answersEach = Number.POSITIVE_INFINITY } = this.#job;
    return this.#answers < answersEach && this.#tally.elapsedMs < (durationMs ?? Number.POSITIVE_INFINITY);
  }

  #close(): void {
    const socket = this.#socket;
    this.#socket = undefined;
    socket?.destroy();
    this.#onDone();
  }
}
