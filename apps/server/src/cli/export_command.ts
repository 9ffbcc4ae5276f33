import { mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { conversationMarkdown } from "../answers/conversation_markdown.ts";
import { conversationJson, ExportedConversations } from "../answers/exported_conversations.ts";
import { fileNameOf } from "../answers/file_name.ts";
import type { Principal } from "../auth/mod.ts";
import type { ReadRecords } from "../storage/mod.ts";
import { chooseOwner } from "./owners.ts";
import { openRecords } from "./read_records.ts";
import type { ExitCode, Terminal } from "./terminal.ts";
import { CommandError, note } from "./terminal.ts";

const PAGE = 200;

/** `cogniforge export`: writes an owner's conversations as files, from the store, also while servers run. */
export async function exportCommand(args: string[], terminal: Terminal): Promise<ExitCode> {
  const { values } = parseArgs({
    args,
    options: {
      owner: { type: "string" },
      conversation: { type: "string" },
      format: { type: "string", default: "markdown" },
      out: { type: "string", default: "export" },
    },
  });
  const { format, out } = values;
  if (format !== "markdown" && format !== "json") {
    throw new CommandError(
      { en: "Expected markdown or json after --format", ar: "المتوقع بعد ‎--format هو markdown أو json" },
      { exitCode: 2 },
    );
  }
  await using storage = await openRecords(terminal);
  const owner = await chooseOwner(storage.kysely, values.owner);
  const folder = resolve(terminal.caller, out);
  const conversations = new ExportedConversations(storage);
  const ids = values.conversation === undefined ? await idsOf(storage, owner) : [values.conversation];
  mkdirSync(folder, { recursive: true });
  const taken = new Set<string>();
  for (const id of ids) {
    const { title, text } =
      format === "json"
        ? await conversationJson(conversations, owner, id)
        : await asMarkdown(conversations, owner, id, terminal);
    writeFileSync(join(folder, freeName(taken, title, format === "json" ? "json" : "md")), text);
  }
  note(
    terminal.language === "ar"
      ? `صُدّرت المحادثات إلى ${folder} (عددها ${ids.length})`
      : `Conversations exported to ${folder}: ${ids.length}`,
  );
  return 0;
}

async function asMarkdown(conversations: ExportedConversations, owner: Principal, id: string, { language }: Terminal) {
  const view = await conversations.get(owner, id);
  return { title: view.title, text: conversationMarkdown(view, language) };
}

/** Archived ones among them. */
async function idsOf({ conversations }: ReadRecords, owner: Principal): Promise<string[]> {
  const ids: string[] = [];
  for (const archived of [false, true]) {
    let cursor: string | undefined;
    do {
      const page = await conversations.list(owner.id, { limit: PAGE, cursor, archived });
      ids.push(...page.conversations.map(({ id }) => id));
      cursor = page.nextCursor;
    } while (cursor !== undefined);
  }
  return ids;
}

/** Conversations of one title get numbers; file systems that ignore case are thought of. */
function freeName(taken: Set<string>, title: string, extension: string): string {
  let name = fileNameOf(title, extension);
  for (let number = 2; taken.has(name.toLowerCase()); number++) name = fileNameOf(`${title} ${number}`, extension);
  taken.add(name.toLowerCase());
  return name;
}
