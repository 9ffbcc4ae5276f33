import { statSync } from "node:fs";
import { parse, resolve } from "node:path";
import type { Config } from "./config.ts";
import type { ConfigReport } from "./config_error.ts";
import { quoteValue, quoteValueArabic } from "./config_error.ts";
import type { EnvironmentReader } from "./environment_reader.ts";

/** Reads which folder questions can be about. */
export function readProject(reader: EnvironmentReader, directory: string, report: ConfigReport): Config["project"] {
  const folder = reader.text("COGNIFORGE_PROJECT_DIR");
  const maxCharacters = reader.integer("COGNIFORGE_PROJECT_MAX_CHARS", 60_000, { min: 4_000, max: 2_000_000 });
  if (folder === undefined) return undefined;
  const path = resolve(directory, folder);
  if (path === parse(path).root) {
    report.error(
      "COGNIFORGE_PROJECT_DIR",
      "Expected a project's folder, found the root of the file system",
      "المتوقع مجلد مشروع، والموجود جذر نظام الملفات",
    );
    return undefined;
  }
  if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) {
    report.error(
      "COGNIFORGE_PROJECT_DIR",
      `Expected a folder that exists, found ${quoteValue(folder)}`,
      `المتوقع مجلد موجود، والقيمة الحالية ${quoteValueArabic(folder)}`,
    );
    return undefined;
  }
  return { directory: path, maxCharacters };
}
