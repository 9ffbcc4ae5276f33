import { stripVTControlCharacters } from "node:util";

// "@cogniforge/server:test: ", which turbo puts before every line of a task.
const TASK_PREFIX = /^(?:@[\w-]+\/)?[\w-]+:[\w:-]+: /;

/** Reads runners' output, cut anywhere, line by line: without colours, and each line apart from the prefix of its task. */
export class OutputLines {
  #onLine;
  #rest = "";

  /** @param {(line: string, prefix: string) => void} onLine */
  constructor(onLine) {
    this.#onLine = onLine;
  }

  add(text) {
    const lines = (this.#rest + text).split("\n");
    this.#rest = lines.pop();
    for (const line of lines) this.#read(line);
  }

  /** Reads what is left when the output did not end in a line feed. */
  end() {
    this.#read(this.#rest);
    this.#rest = "";
  }

  #read(raw) {
    const line = stripVTControlCharacters(raw);
    const prefix = TASK_PREFIX.exec(line)?.[0] ?? "";
    this.#onLine(line.slice(prefix.length).trimEnd(), prefix);
  }
}
