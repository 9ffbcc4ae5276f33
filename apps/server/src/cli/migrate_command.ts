import { parseArgs } from "node:util";
import { makeSignInTables, readKnownAuthSecret } from "../auth/mod.ts";
import { copyStorage } from "../storage/copy/copy_storage.ts";
import { openPostgresStorage } from "../storage/postgres/mod.ts";
import { openReadOnly } from "../storage/read_only.ts";
import { keepSharedSecret } from "../stores/mod.ts";
import { embeddedFolder } from "./data_folder.ts";
import type { ExitCode, Terminal } from "./terminal.ts";
import { CommandError, lineIn, note } from "./terminal.ts";

/** `cogniforge migrate --to URL`: copies the embedded storage into PostgreSQL and verifies the copy; the storage stays as it is. */
export async function migrateCommand(args: string[], terminal: Terminal): Promise<ExitCode> {
  const { values } = parseArgs({ args, options: { to: { type: "string" } } });
  const url = values.to ?? terminal.environment.DATABASE_URL;
  if (url === undefined || url === "") {
    throw new CommandError(
      {
        en: "Expected a target: cogniforge migrate --to postgres://USER:PASSWORD@HOST:PORT/DATABASE, or DATABASE_URL in the environment",
        ar: "المتوقع قاعدة وجهة: cogniforge migrate --to postgres://USER:PASSWORD@HOST:PORT/DATABASE، أو DATABASE_URL في البيئة",
      },
      { exitCode: 2 },
    );
  }
  const directory = await embeddedFolder(terminal);
  const { language } = terminal;
  // First: where there is nothing to be copied, the target is left alone.
  using source = openReadOnly(directory);
  const target = await openPostgresStorage({ url });
  try {
    const { kysely, place } = target;
    await makeSignInTables(target);
    const copied = await copyStorage({
      source: source.database,
      target,
      onVerified: ({ name, rows, sha256 }) =>
        note(lineIn(language, `${name}: ${rows} (sha256 ${sha256.slice(0, 16)})`)),
    });
    // Whoever is signed in stays so.
    const secret = await readKnownAuthSecret(directory);
    if (secret !== undefined) await keepSharedSecret(kysely, "sign-in", secret);
    const rows = copied.reduce((sum, part) => sum + part.rows, 0);
    note(
      lineIn(
        language,
        language === "ar"
          ? `نُسخت قاعدة البيانات في ${directory} إلى ${place} وتم التحقق من النسخة: ${rows} صفًّا في ${copied.length} جدولًا. بقي المصدر كما هو`
          : `The database in ${directory} is copied to ${place} and verified: ${rows} rows in ${copied.length} tables. The source stays as it was`,
      ),
    );
    return 0;
  } finally {
    await target.close();
  }
}
