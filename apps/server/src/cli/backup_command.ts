import { existsSync, mkdirSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { parseArgs } from "node:util";
import { readKnownAuthSecret, writeAuthSecretBeside } from "../auth/mod.ts";
import { backUp } from "../storage/backup.ts";
import { openReadOnly } from "../storage/read_only.ts";
import type { BackedUp } from "./backed_up.ts";
import { placeOf } from "./data_folder.ts";
import type { ExitCode, Terminal } from "./terminal.ts";
import { CommandError, note } from "./terminal.ts";

/** `cogniforge backup FILE`: copies everything into one file while servers run, and verifies the copy. */
export async function backupCommand(args: string[], terminal: Terminal): Promise<ExitCode> {
  const { positionals } = parseArgs({ args, allowPositionals: true, options: {} });
  const file = fileOf(positionals, terminal, "backup");
  if (existsSync(file)) {
    throw new CommandError(
      { en: `${file} is there already: name another file`, ar: `الملف ${file} موجود: اختر اسمًا آخر` },
      { exitCode: 2 },
    );
  }
  const { dataDirectory, shared } = await placeOf(terminal);
  mkdirSync(dirname(file), { recursive: true });
  const { counts, bytes, secret } =
    shared === undefined
      ? await backUpEmbedded(dataDirectory, file)
      : await (await import("./shared_backup.ts")).backUpShared(shared, file, terminal);
  // Without it everybody would have to sign in again.
  if (secret !== undefined) await writeAuthSecretBeside(file, secret);
  const megabytes = (bytes / 2 ** 20).toFixed(1);
  const { conversations = 0, journal_heads: answers = 0 } = counts;
  note(
    terminal.language === "ar"
      ? `نُسخت قاعدة البيانات إلى ${file} وتم التحقق منها: ${megabytes} ميغابايت، المحادثات: ${conversations}، الإجابات: ${answers}`
      : `The database is copied to ${file} and verified: ${megabytes} MB, conversations: ${conversations}, answers: ${answers}`,
  );
  return 0;
}

async function backUpEmbedded(directory: string, file: string): Promise<BackedUp> {
  using storage = openReadOnly(directory);
  const copy = await backUp(storage.database, file);
  return { ...copy, secret: await readKnownAuthSecret(directory) };
}

/** The one file that a command names. */
export function fileOf(positionals: readonly string[], { caller }: Terminal, command: string): string {
  const [file, ...others] = positionals;
  if (file !== undefined && file !== "" && others.length === 0) return resolve(caller, file);
  throw new CommandError(
    {
      en: `Expected one file: cogniforge ${command} FILE`,
      ar: `المتوقع ملف واحد: cogniforge ${command} FILE`,
    },
    { exitCode: 2 },
  );
}
