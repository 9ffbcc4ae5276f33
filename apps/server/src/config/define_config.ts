import type { ConfigFile } from "./file_schema.ts";

/**
 * Returns what it is given; its only use is that the editor knows the fields.
 *
 * ```ts
 * export default defineConfig({ providers: { local: { dialect: "openai-chat", baseUrl: "http://127.0.0.1:11434/v1" } } });
 * ```
 */
export function defineConfig(config: ConfigFile): ConfigFile {
  return config;
}
