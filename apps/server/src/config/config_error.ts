import type { Bilingual } from "@cogniforge/core/events";

/** One mistake of a configuration. */
export interface ConfigProblem {
  /** A variable (`PORT`), a field of the file (`routes.default.targets[0].provider`) or the name of a file that cannot be read. */
  path: string;
  message: Bilingual;
}

/** A configuration that cannot be used, with all that is wrong in it. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  readonly errors: readonly ConfigProblem[];
  /** Absolute path of the configuration file, where one was found. */
  readonly file: string | undefined;

  constructor(errors: readonly ConfigProblem[], file?: string) {
    super(`The configuration is wrong: ${errors.map(({ path, message }) => `${path}: ${message.en}`).join("; ")}`);
    this.errors = errors;
    this.file = file;
  }

  /** All errors for a terminal, each with its path, in English and in Arabic. */
  format(): string {
    const lines = [
      `The server does not start, as its configuration is wrong (errors: ${this.errors.length})`,
      `لا يبدأ الخادم لأن إعداداته خاطئة (عدد الأخطاء: ${this.errors.length})`,
    ];
    if (this.file !== undefined) lines.push(`  file / الملف: ${this.file}`);
    for (const { path, message } of this.errors)
      lines.push("", `  ✗ ${path}`, `      ${message.en}`, `      ${message.ar}`);
    return `${lines.join("\n")}\n`;
  }
}

/** Collects what is wrong and what is worth telling while a configuration is read, so that all of it can be told at once. */
export class ConfigReport {
  readonly errors: ConfigProblem[] = [];
  readonly notices: Bilingual[] = [];

  error(path: string, en: string, ar: string): void {
    // One variable can be read for two reasons, such as a key that the environment and the file name.
    if (this.errors.some((known) => known.path === path && known.message.en === en)) return;
    this.errors.push({ path, message: { en, ar } });
  }

  notice(en: string, ar: string): void {
    this.notices.push({ en, ar });
  }
}

/** Length above which a value in a message is cut, as it may be a key in the wrong place. */
const LONGEST_QUOTED = 24;

/** A wrong value as a message may show it: whole when it is short and plain, else only its length. */
export function quoteValue(value: string): string {
  const looksLikeKey = /^(sk-|AIza|Bearer\b|key-)/i.test(value) || /@/.test(value);
  if (value.length > LONGEST_QUOTED || looksLikeKey) return `a text of ${value.length} characters`;
  return `'${value}'`;
}

/** {@linkcode quoteValue} in Arabic. */
export function quoteValueArabic(value: string): string {
  const quoted = quoteValue(value);
  return quoted.startsWith("'") ? quoted : `نص من ${value.length} محرفًا`;
}
