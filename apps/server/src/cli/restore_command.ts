import { parseArgs } from "node:util";
import { keepAuthSecret, readAuthSecretBeside } from "../auth/mod.ts";
import { StorageOpenError } from "../storage/mod.ts";
import { restore } from "../storage/restore.ts";
import { fileOf } from "./backup_command.ts";
import { placeOf } from "./data_folder.ts";
import type { ExitCode, Terminal } from "./terminal.ts";
import { CommandError, lineIn, note } from "./terminal.ts";

/** `cogniforge restore FILE`: puts a backup in the database's place, where what was there is kept, or into an empty PostgreSQL. */
export async function restoreCommand(args: string[], terminal: Terminal): Promise<ExitCode> {
  const { positionals } = parseArgs({ args, allowPositionals: true, options: {} });
  const file = fileOf(positionals, terminal, "restore");
  const { language } = terminal;
  const { dataDirectory, shared } = await placeOf(terminal);
  const { place, keptAside, counts } =
    shared === undefined
      ? await restoreEmbedded(file, dataDirectory)
      : { ...(await (await import("./shared_restore.ts")).restoreShared(shared, file)), keptAside: undefined };
  const { conversations = 0 } = counts;
  const isArabic = language === "ar";
  note(
    lineIn(
      language,
      isArabic
        ? `استُرجعت ${place} (المحادثات: ${conversations})`
        : `${place} is restored (conversations: ${conversations})`,
    ),
  );
  if (keptAside !== undefined) {
    note(isArabic ? `وحُفظت القاعدة السابقة في ${keptAside}` : `What was there before is kept at ${keptAside}`);
  }
  return 0;
}

async function restoreEmbedded(file: string, directory: string) {
  const secret = await readAuthSecretBeside(file);
  const { path: place, keptAside, counts } = tryRestore(file, directory);
  if (secret !== undefined) await keepAuthSecret(directory, secret);
  return { place, keptAside, counts };
}

function tryRestore(file: string, directory: string) {
  try {
    return restore(file, directory);
  } catch (error) {
    if (!(error instanceof StorageOpenError) || error.reason !== "locked") throw error;
    throw new CommandError(
      {
        en: "Nothing was changed: a server has the database open. Stop it, then restore again",
        ar: "لم يتغيّر شيء: يفتح خادم قاعدة البيانات. أوقفه ثم أعد الاسترجاع",
      },
      { cause: error },
    );
  }
}
