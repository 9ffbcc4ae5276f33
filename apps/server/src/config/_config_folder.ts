import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach } from "vitest";
import { type Config, ConfigError, type ConfigProblem, loadConfig } from "./mod.ts";

export type Variables = Record<string, string | undefined>;

export const KEY = "sk-or-v1-0123456789abcdef0123456789abcdefwxyz";
export const OTHER_KEY = "sk-proj-ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

/** A working directory that each test of a file gets anew. */
export class ConfigFolder {
  path = "";

  constructor() {
    beforeEach(async () => {
      this.path = await mkdtemp(join(tmpdir(), "cogniforge-config-"));
    });
    afterEach(() => rm(this.path, { recursive: true, force: true }));
  }

  /** Writes a text as it is, anything else as JSON. */
  async write(name: string, content: unknown): Promise<void> {
    await writeFile(join(this.path, name), typeof content === "string" ? content : JSON.stringify(content));
  }

  load(environment: Variables = {}): Promise<Config> {
    return loadConfig({ environment, directory: this.path });
  }

  async refusal(environment: Variables = {}): Promise<ConfigError> {
    const error = await this.load(environment).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    if (!(error instanceof ConfigError)) throw new Error("Expected a ConfigError", { cause: error });
    return error;
  }

  async errors(environment: Variables = {}): Promise<readonly ConfigProblem[]> {
    return (await this.refusal(environment)).errors;
  }

  /** The English errors of a JSON file by their paths. */
  async errorsOfFile(content: unknown, environment: Variables = {}): Promise<Record<string, string>> {
    await this.write("cogniforge.config.json", content);
    return Object.fromEntries((await this.errors(environment)).map(({ path, message }) => [path, message.en]));
  }
}

/** The targets of the default route, each as `provider model`. */
export function chain(config: Config): string[] {
  return config.routes.default?.targets.map(({ provider, model }) => `${provider} ${model}`) ?? [];
}

/** All notices in English. */
export function noticesOf(config: Config): string {
  return config.notices.map(({ en }) => en).join("\n");
}
