import { parseArgs } from "node:util";
import { StorageOpenError } from "../storage/mod.ts";
import { restore } from "../storage/restore.ts";
import { fileOf } from "./backup_command.ts";
import { dataFolder } from "./data_folder.ts";
import type { ExitCode, Terminal } from "./terminal.ts";
import { CommandError, note } from "./terminal.ts";

/** `cogniforge restore FILE`: puts a backup in the database's place; what was there is kept beside it. */
export async function restoreCommand(args: string[], terminal: Terminal): Promise<ExitCode> {
  const { positionals } = parseArgs({ args, allowPositionals: true, options: {} });
  const file = fileOf(positionals, terminal, "restore");
  const directory = await dataFolder(terminal);
  const { path, keptAside, counts } = tryRestore(file, directory);
  const { conversations = 0 } = counts;
  const isArabic = terminal.language === "ar";
  note(
    isArabic
      ? `استُرجعت ${path} (المحادثات: ${conversations})`
      : `${path} is restored (conversations: ${conversations})`,
  );
  if (keptAside !== undefined) {
    note(isArabic ? `وحُفظت القاعدة السابقة في ${keptAside}` : `What was there before is kept at ${keptAside}`);
  }
  return 0;
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
