import type { CodeLanguage } from "./code_languages.ts";
import type { LineRuns } from "./code_runs.ts";
import type { RenderReply, RenderRequest } from "./render_worker.ts";

type Request = RenderRequest extends infer One ? (One extends unknown ? Omit<One, "id"> : never) : never;

interface Waiting {
  resolve: (reply: Omit<RenderReply, "id">) => void;
  timer: ReturnType<typeof setTimeout>;
}

/** A worker that says nothing for so long while it is asked something is taken to be stuck, in milliseconds. */
const STUCK_AFTER_MS = 5000;
/** Formulas are remembered, so that they stand there at once when they are shown again. */
const MOST_FORMULAS = 500;

/**
 * Colours code and typesets formulas in a thread of its own, which is started with the first of them.
 *
 * A text that keeps the thread busy for too long costs that thread, and not the page: what it was asked is given up.
 */
export class RenderService {
  readonly #start: () => Worker;
  #worker: Worker | undefined;
  #count = 0;
  readonly #waiting = new Map<number, Waiting>();
  readonly #formulas = new Map<string, string | undefined>();

  constructor(start: () => Worker) {
    this.#start = start;
  }

  /** The runs of lines of code; `undefined` if they can't be coloured. */
  async highlight(
    block: string,
    language: CodeLanguage,
    text: string,
    isFirst: boolean,
  ): Promise<readonly LineRuns[] | undefined> {
    return (await this.#ask({ kind: "code", block, language, text, isFirst })).runs;
  }

  /** The markup of a formula that was typeset before. */
  typesetBefore(tex: string, isDisplay: boolean): string | undefined {
    return this.#formulas.get(`${isDisplay} ${tex}`);
  }

  /** The markup of a formula; `undefined` if it can't be typeset. */
  async typeset(tex: string, isDisplay: boolean): Promise<string | undefined> {
    const key = `${isDisplay} ${tex}`;
    if (this.#formulas.has(key)) return this.#formulas.get(key);
    const { html } = await this.#ask({ kind: "math", tex, isDisplay });
    const [oldest] = this.#formulas.keys();
    if (this.#formulas.size >= MOST_FORMULAS && oldest !== undefined) this.#formulas.delete(oldest);
    this.#formulas.set(key, html);
    return html;
  }

  #ask(request: Request): Promise<Omit<RenderReply, "id">> {
    const { promise, resolve } = Promise.withResolvers<Omit<RenderReply, "id">>();
    const id = ++this.#count;
    const timer = setTimeout(() => this.#giveUp(), STUCK_AFTER_MS);
    this.#waiting.set(id, { resolve, timer });
    this.#worker ??= this.#begin();
    this.#worker.postMessage({ ...request, id });
    return promise;
  }

  #begin(): Worker {
    const worker = this.#start();
    worker.addEventListener("message", ({ data }: MessageEvent<RenderReply>) => {
      const waiting = this.#waiting.get(data.id);
      this.#waiting.delete(data.id);
      clearTimeout(waiting?.timer);
      waiting?.resolve(data);
      this.#restartClocks();
    });
    worker.addEventListener("error", () => this.#giveUp());
    return worker;
  }

  /** The worker is at work: what waits behind is not late. */
  #restartClocks(): void {
    for (const waiting of this.#waiting.values()) {
      clearTimeout(waiting.timer);
      waiting.timer = setTimeout(() => this.#giveUp(), STUCK_AFTER_MS);
    }
  }

  #giveUp(): void {
    this.#worker?.terminate();
    this.#worker = undefined;
    for (const { resolve, timer } of this.#waiting.values()) {
      clearTimeout(timer);
      resolve({});
    }
    this.#waiting.clear();
  }
}

let service: RenderService | undefined;

/** The page's one service: it keeps nothing of a user, and a second thread would load every grammar again. */
export function renderService(): RenderService {
  service ??= new RenderService(
    () => new Worker(new URL("./render_worker.ts", import.meta.url), { type: "module", name: "render" }),
  );
  return service;
}
