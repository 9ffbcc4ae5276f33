import { createHash } from "node:crypto";
import { type FSWatcher, readFileSync, watch } from "node:fs";
import { dirname, resolve } from "node:path";
import { parseEnv } from "node:util";
import type { Config, ConfigSource } from "./config.ts";
import { CONFIG_FILE_NAMES } from "./config_file.ts";
import { DOT_ENV } from "./dot_env.ts";
import { loadConfig } from "./load_config.ts";

/** Editors write a file in several steps: content counts when it stays the same for so long. */
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
  #isLoading = false;
  #isStopped = false;
  /** What the last configuration was read from, and what was there at the last look. */
  #loaded: string;
  #seen: string;

  constructor(options: WatchConfigOptions) {
    this.#options = options;
    this.#watchFolder(resolve(options.directory));
    this.#loaded = this.#readFingerprint();
    this.#seen = this.#loaded;
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
      const watcher = watch(folder, { persistent: false }, () => this.#lookSoon());
      watcher.on("error", (error) => this.#options.onError(error));
      this.#folders.set(folder, watcher);
    } catch (error) {
      this.#options.onError(error);
    }
  }

  // A timer that stands is left alone, so that a busy neighbour in the folder cannot put the look off for ever.
  #lookSoon(): void {
    if (this.#isStopped || this.#isLoading || this.#timer !== undefined) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#look();
    }, SETTLE_MS);
  }

  #look(): void {
    const now = this.#readFingerprint();
    const isSettled = now === this.#seen;
    this.#seen = now;
    if (now === this.#loaded) return;
    if (isSettled) void this.#load(now);
    else this.#lookSoon();
  }

  async #load(fingerprint: string): Promise<void> {
    this.#isLoading = true;
    this.#loaded = fingerprint;
    try {
      const config = await loadConfig(this.#options);
      if (!this.#isStopped) this.#options.onChange(config);
    } catch (error) {
      if (!this.#isStopped) this.#options.onError(error);
    }
    this.#isLoading = false;
    // What changed meanwhile was not looked at.
    this.#lookSoon();
  }

  /** A hash of everything that is read; other changes in the folder leave it as it is. */
  #readFingerprint(): string {
    const dotEnv = resolve(this.#options.directory, DOT_ENV);
    const named = this.#options.environment.COGNIFORGE_CONFIG ?? parseEnv(read(dotEnv) ?? "").COGNIFORGE_CONFIG;
    const names = named?.trim() ? [named.trim()] : CONFIG_FILE_NAMES;
    const hash = createHash("sha256");
    for (const file of [dotEnv, ...names.map((name) => resolve(this.#options.directory, name))]) {
      this.#watchFolder(dirname(file));
      const content = read(file);
      hash.update(`${file}\0${content?.length ?? "absent"}\0${content ?? ""}`);
    }
    return hash.digest("hex");
  }
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, "latin1");
  } catch {
    // Absent, or between two steps of an editor.
    return undefined;
  }
}
