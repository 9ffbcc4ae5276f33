import { Worker } from "node:worker_threads";
import type { ProjectContext, ProjectSettings } from "./project_context.ts";
import type { WorkerReply, WorkerRequest } from "./project_worker.ts";

/** Longest time for one context, in milliseconds: a folder on a network that hangs must not hold questions up for ever. */
const LIMIT_MS = 30_000;

interface Waiting {
  resolve: (context: ProjectContext) => void;
  reject: (error: Error) => void;
  done: Promise<ProjectContext>;
  timer: NodeJS.Timeout;
}

/**
 * Reads a project's folder in a thread of its own, so that neither large folders nor slow disks hold up anybody's stream.
 *
 * The thread begins with the first question and remembers what it read; it is begun anew if it dies.
 */
export class ProjectReader {
  readonly #settings: ProjectSettings;
  readonly #limitMs: number;
  readonly #waiting = new Map<number, Waiting>();
  #worker: Worker | undefined;
  #lastId = 0;

  constructor(settings: ProjectSettings, { limitMs = LIMIT_MS }: { limitMs?: number } = {}) {
    this.#settings = settings;
    this.#limitMs = limitMs;
  }

  /**
   * What is to be sent along with a question, from the folder as it is now.
   *
   * @throws {Error} If the folder can't be read, or not in time.
   */
  read(question: string): Promise<ProjectContext> {
    const worker = this.#begin();
    const id = ++this.#lastId;
    const { promise, resolve, reject } = Promise.withResolvers<ProjectContext>();
    const timer = setTimeout(() => {
      this.#fail(new Error(`The project's folder could not be read within ${this.#limitMs} ms`));
    }, this.#limitMs);
    this.#waiting.set(id, { resolve, reject, done: promise, timer });
    worker.postMessage({ id, question } satisfies WorkerRequest);
    return promise;
  }

  /** Ends the thread as soon as nobody waits for it any more. */
  async finish(): Promise<void> {
    await Promise.allSettled([...this.#waiting.values()].map(({ done }) => done));
    await this.close();
  }

  /** Ends the thread; who still waits is refused. */
  async close(): Promise<void> {
    const worker = this.#worker;
    this.#fail(new Error("The project's reader was closed"));
    await worker?.terminate();
  }

  #begin(): Worker {
    if (this.#worker !== undefined) return this.#worker;
    const worker = new Worker(new URL("./project_worker.ts", import.meta.url), {
      workerData: this.#settings,
      // It needs neither the program's options nor its variables, which hold keys.
      execArgv: [],
      env: {},
      resourceLimits: { maxOldGenerationSizeMb: 512 },
    });
    worker.unref();
    worker.on("message", (reply: WorkerReply) => this.#settle(reply));
    const onEnd = (error: Error) => {
      if (this.#worker === worker) this.#fail(error);
    };
    worker.on("error", (error) => onEnd(error instanceof Error ? error : new Error(String(error))));
    worker.on("exit", () => onEnd(new Error("The project's reader has ended")));
    this.#worker = worker;
    return worker;
  }

  #settle({ id, context, error }: WorkerReply): void {
    const waiting = this.#waiting.get(id);
    if (waiting === undefined) return;
    this.#waiting.delete(id);
    clearTimeout(waiting.timer);
    if (context !== undefined) waiting.resolve(context);
    else waiting.reject(new Error(error));
  }

  #fail(error: Error): void {
    const worker = this.#worker;
    this.#worker = undefined;
    void worker?.terminate();
    for (const { reject, timer } of this.#waiting.values()) {
      clearTimeout(timer);
      reject(error);
    }
    this.#waiting.clear();
  }
}
