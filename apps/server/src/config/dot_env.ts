import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parseEnv } from "node:util";
import type { ConfigSource } from "./config.ts";
import type { ConfigReport } from "./config_error.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

export const DOT_ENV = ".env";

/** The real environment over what `.env` says; a variable that is set there, even to nothing, is not taken from the file. */
export async function readEnvironment(source: ConfigSource, report: ConfigReport): Promise<Environment> {
  const environment: Record<string, string | undefined> = await readDotEnv(source.directory, report);
  for (const [name, value] of Object.entries(source.environment)) {
    if (value !== undefined) environment[name] = value;
  }
  return environment;
}

async function readDotEnv(directory: string, report: ConfigReport): Promise<Record<string, string | undefined>> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(join(directory, DOT_ENV));
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code !== "ENOENT") report.error(DOT_ENV, `The file cannot be read (${code})`, `تعذرت قراءة الملف (${code})`);
    return {};
  }
  try {
    // The decoder drops a byte order mark, which would else become part of the first name.
    return { ...parseEnv(new TextDecoder("utf-8", { fatal: true }).decode(bytes)) };
  } catch {
    report.error(
      DOT_ENV,
      "Expected a text in UTF-8, found another encoding (an editor can save it again as UTF-8)",
      "المتوقع نص بترميز UTF-8، والموجود ترميز آخر (احفظه من المحرر بترميز UTF-8)",
    );
    return {};
  }
}
