import { readFile, stat } from "node:fs/promises";
import { extname, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { ConfigReport } from "./config_error.ts";
import type { EnvironmentReader } from "./environment_reader.ts";

/** The files that are looked for, the first one wins. */
export const CONFIG_FILE_NAMES = ["cogniforge.config.ts", "cogniforge.config.js", "cogniforge.config.json"] as const;
const EXTENSIONS = new Set([".ts", ".js", ".json"]);

let reads = 0;

/** The absolute path of the configuration file, or `undefined` where there is none. */
export async function findConfigFile(
  reader: EnvironmentReader,
  directory: string,
  report: ConfigReport,
): Promise<string | undefined> {
  const named = reader.text("COGNIFORGE_CONFIG");
  if (named !== undefined) {
    const file = resolve(directory, named);
    if (!EXTENSIONS.has(extname(file))) {
      report.error(
        "COGNIFORGE_CONFIG",
        "Expected a file that ends in .ts, .js or .json",
        "المتوقع ملف ينتهي بـ .ts أو .js أو .json",
      );
      return undefined;
    }
    if (await isFile(file)) return file;
    report.error("COGNIFORGE_CONFIG", `Expected a file, found none at '${file}'`, `المتوقع ملف، ولا ملف في '${file}'`);
    return undefined;
  }
  const present: string[] = [];
  for (const name of CONFIG_FILE_NAMES) if (await isFile(resolve(directory, name))) present.push(name);
  const [first, ...others] = present;
  if (first === undefined) return undefined;
  if (others.length > 0) {
    report.notice(
      `${first} is read, ${others.join(" and ")} beside it is not`,
      `يُقرأ ${first}، ولا يُقرأ بجانبه ${others.join(" و ")}`,
    );
  }
  return resolve(directory, first);
}

async function isFile(file: string): Promise<boolean> {
  return (await stat(file).catch(() => undefined))?.isFile() ?? false;
}

/** The unchecked content of a configuration file; `undefined` after an error, which is reported under the file's name. */
export async function readConfigFile(file: string, name: string, report: ConfigReport): Promise<unknown> {
  return extname(file) === ".json" ? await readJson(file, name, report) : await importModule(file, name, report);
}

async function readJson(file: string, name: string, report: ConfigReport): Promise<unknown> {
  let text: string;
  try {
    text = (await readFile(file, "utf8")).replace(/^\uFEFF/, "");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    report.error(name, `The file cannot be read (${code})`, `تعذرت قراءة الملف (${code})`);
    return undefined;
  }
  try {
    return JSON.parse(text);
  } catch {
    // The engine's own message quotes the text around the mistake, which can hold a key.
    const { line, column } = locateJsonError(text);
    report.error(
      name,
      `Expected JSON, found a mistake in line ${line}, column ${column}`,
      `المتوقع JSON، والموجود خطأ في السطر ${line}، العمود ${column}`,
    );
    return undefined;
  }
}

/** Where a JSON text goes wrong: the longest beginning that could still become JSON is found by halving. */
export function locateJsonError(text: string): { line: number; column: number } {
  let good = 0;
  let bad = text.length + 1;
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    if (couldBecomeJson(text.slice(0, middle))) good = middle;
    else bad = middle;
  }
  const lines = text.slice(0, good).split("\n");
  return { line: lines.length, column: (lines.at(-1) ?? "").length + 1 };
}

function couldBecomeJson(beginning: string): boolean {
  try {
    JSON.parse(beginning);
    return true;
  } catch (error) {
    const { message } = error as Error;
    const position = /at position (\d+)/.exec(message)?.[1];
    return /end of JSON input|Unterminated/.test(message) || position === String(beginning.length);
  }
}

async function importModule(file: string, name: string, report: ConfigReport): Promise<unknown> {
  // Node keeps a module for the life of the process; the counter gives a changed file a new name.
  const url = `${pathToFileURL(file).href}?read=${reads++}`;
  let module: { default?: unknown };
  try {
    module = await import(/* @vite-ignore */ url);
  } catch (error) {
    const reason = describeImportError(error);
    report.error(name, `The file cannot be run: ${reason}`, `تعذر تشغيل الملف: ${reason}`);
    return undefined;
  }
  if (module.default === undefined) {
    report.error(
      name,
      "Expected 'export default defineConfig({ … })', found no default export",
      "المتوقع 'export default defineConfig({ … })'، ولا تصدير افتراضي في الملف",
    );
  }
  return module.default;
}

/** The kind and first line of an error, without what could be a key. */
function describeImportError(error: unknown): string {
  if (!(error instanceof Error)) return "it threw a value that is no error";
  const { code } = error as NodeJS.ErrnoException;
  // A type stripper's message quotes the source, where a key may stand.
  if (code === "ERR_INVALID_TYPESCRIPT_SYNTAX") return "SyntaxError";
  const line = (error.message.split("\n")[0] ?? "").replaceAll(/[A-Za-z0-9_-]{20,}/g, "…").slice(0, 200);
  return `${error.name}: ${line}`;
}
