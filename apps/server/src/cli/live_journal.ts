import type { SharedConfig } from "../config/mod.ts";
import { RedisConnection, RedisJournal, RedisOpenError } from "../redis/mod.ts";
import type { JournalArchive } from "../storage/mod.ts";
import type { Terminal } from "./terminal.ts";
import { lineIn, note } from "./terminal.ts";

/** The journal of running answers; of ended ones it reads in the archive. */
export interface LiveJournal extends AsyncDisposable {
  journal: RedisJournal;
}

/**
 * Opens the journal of running answers.
 *
 * @throws {RedisOpenError} If Redis can't be used; within seconds, with what to do and without a password.
 */
export async function openLiveJournal(
  { redisUrl, durability }: SharedConfig,
  archive: JournalArchive,
): Promise<LiveJournal> {
  const connection = await RedisConnection.open(redisUrl.reveal(), { durability });
  const journal = new RedisJournal({ connection, archive });
  return {
    journal,
    async [Symbol.asyncDispose]() {
      await journal.close();
      await connection.close();
    },
  };
}

/** The same for whoever can do without it: what is kept can be read, and should be, also on the day on which Redis is lost. */
export async function tryOpenLiveJournal(
  shared: SharedConfig,
  archive: JournalArchive,
  { language }: Terminal,
): Promise<LiveJournal | undefined> {
  try {
    return await openLiveJournal(shared, archive);
  } catch (error) {
    if (!(error instanceof RedisOpenError)) throw error;
    note(lineIn(language, error.text[language]));
    note(
      lineIn(
        language,
        language === "ar"
          ? "لذلك لا يشمل هذا ما يجري الآن من إجابات، بل ما انتهى منها وحده"
          : "So answers that run are left out: only those that have ended are here",
      ),
    );
    return undefined;
  }
}
