import type { Bilingual } from "@cogniforge/core/events";

export type Language = keyof Bilingual;

/** What a command is given beside its own arguments. */
export interface Terminal {
  language: Language;
  environment: Readonly<Record<string, string | undefined>>;
  /** Holds `.env`, the configuration file and, unless told otherwise, the data. */
  directory: string;
  /** Where the caller stands: paths in arguments begin here. */
  caller: string;
}

/** What a command ends with: `1` when what was asked for could not be done, `2` when it was asked wrongly. */
export type ExitCode = 0 | 1 | 2 | 130;

/** A command that ends with a message in both languages. */
export class CommandError extends Error {
  override readonly name = "CommandError";
  readonly text: Bilingual;
  readonly exitCode: ExitCode;

  constructor(text: Bilingual, { exitCode = 1, cause }: { exitCode?: ExitCode; cause?: unknown } = {}) {
    super(text.en, cause === undefined ? undefined : { cause });
    this.text = text;
    this.exitCode = exitCode;
  }
}

/** The language that was asked for, else that of the environment. */
export function languageOf(asked: string | undefined, environment: Terminal["environment"]): Language {
  const { COGNIFORGE_LANG, LC_ALL, LC_MESSAGES, LANG } = environment;
  const name = asked || COGNIFORGE_LANG || LC_ALL || LC_MESSAGES || LANG || "en";
  return /^ar\b|^ar[_.-]/i.test(name) ? "ar" : "en";
}

/** Writes on standard output; resolves when the reader has room for more. */
export function print(text: string): Promise<void> {
  return new Promise((resolve) => {
    if (process.stdout.write(text)) resolve();
    else process.stdout.once("drain", resolve);
  });
}

export function note(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** Arabic lines begin with a mark, so that one which starts with a Latin name still runs from the right. */
export function lineIn(language: Language, text: string): string {
  return language === "ar" ? `\u200f${text}` : text;
}
