import { createHash } from "node:crypto";
import { type FSWatcher, watch } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import type { Config, ConfigSource } from "./config.ts";
import { ConfigReport } from "./config_error.ts";
import { CONFIG_FILE_NAMES } from "./config_file.ts";
import { DOT_ENV, readEnvironment } from "./dot_env.ts";
import { loadConfig } from "./load_config.ts";

/** Editors write a file in several steps; the last one is awaited. */
const SETTLE_MS = 100;

export interface WatchConfigOptions extends ConfigSource {
  /** Called with each new configuration that is right. */
  onChange(config: Config): void;
  /** Called instead with a {@linkcode ConfigError} when a change is wrong: the configuration before it stays in force. */
  onError(error: unknown): void;
}

/**
 * Reloads when the content of the configuration file or of `.env` changes, also where an editor replaces the file.
 *
 * @returns A function that stops the watching; nothing is called after it.
 */
export function watchConfig(options: WatchConfigOptions): () => void {
  const watcher = new ConfigWatcher(options);
  return () => watcher.stop();
}

class ConfigWatcher {
  readonly #options: WatchConfigOptions;
  readonly #folders = new Map<string, FSWatcher>();
  #timer: NodeJS.Timeout | undefined;
  #fingerprint: Promise<string>;
  #isStopped = false;
  /** Checks run one after another, so that an older state never comes after a newer one. */
  #work: Promise<void> = Promise.resolve();

  constructor(options: WatchConfigOptions) {
    this.#options = options;
    this.#watchFolder(resolve(options.directory));
    this.#fingerprint = this.#readFingerprint();
  }

  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    for (const folder of this.#folders.values()) folder.close();
    this.#folders.clear();
  }

  // Folders, not files: a watch on a file is lost with the file that an editor replaces.
  #watchFolder(folder: string): void {
    if (this.#isStopped || this.#folders.has(folder)) return;
    try {
      const watcher = watch(folder, { persistent: false }, () => this.#schedule());
      watcher.on("error", (error) => this.#options.onError(error));
      this.#folders.set(folder, watcher);
    } catch (error) {
      this.#options.onError(error);
    }
  }

  #schedule(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#work = this.#work.then(() => this.#check());
    }, SETTLE_MS);
  }

  async #check(): Promise<void> {
    const before = await this.#fingerprint;
    const now = await this.#readFingerprint();
    if (this.#isStopped || now === before) return;
    this.#fingerprint = Promise.resolve(now);
    try {
      const config = await loadConfig(this.#options);
      if (!this.#isStopped) this.#options.onChange(config);
    } catch (error) {
      if (!this.#isStopped) this.#options.onError(error);
    }
  }

  /** A hash of everything that is read; other changes in the folder leave it as it is. */
  async #readFingerprint(): Promise<string> {
    const { directory } = this.#options;
    const environment = await readEnvironment(this.#options, new ConfigReport());
    const named = environment.COGNIFORGE_CONFIG?.trim();
    const files = [DOT_ENV, ...(named ? [named] : CONFIG_FILE_NAMES)].map((name) => resolve(directory, name));
    for (const file of files) this.#watchFolder(dirname(file));
    const hash = createHash("sha256");
    for (const file of files) {
      const content = await readFile(join(file)).catch(() => undefined);
      hash.update(`${file}\0${content?.length ?? "absent"}\0`).update(content ?? "");
    }
    return hash.digest("hex");
  }
}
