#!/usr/bin/env node
// The command line: `cogniforge COMMAND`, or `npm run cogniforge -- COMMAND` in the project.
import { enableCompileCache } from "node:module";
import { ConfigError } from "../config/config_error.ts";
import { FailureError } from "../failure_error.ts";
import { RedisOpenError } from "../redis/redis_open_error.ts";
import { StorageCopyError } from "../storage/copy/storage_copy_error.ts";
import { explainStorageFault, storageFaultOf } from "../storage/storage_fault.ts";
import { StorageOpenError } from "../storage/storage_open_error.ts";
import type { ExitCode, Terminal } from "./terminal.ts";
import { CommandError, languageOf, note } from "./terminal.ts";

type Command = (args: string[], terminal: Terminal) => Promise<ExitCode>;

/** Loaded when called: `help` must not wait for what `start` is made of. */
const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  start: async () => (await import("./start_command.ts")).startCommand,
  ask: async () => (await import("./ask_command.ts")).askCommand,
  verify: async () => (await import("./verify_command.ts")).verifyCommand,
  export: async () => (await import("./export_command.ts")).exportCommand,
  backup: async () => (await import("./backup_command.ts")).backupCommand,
  restore: async () => (await import("./restore_command.ts")).restoreCommand,
  migrate: async () => (await import("./migrate_command.ts")).migrateCommand,
  keys: async () => (await import("./keys_command.ts")).keysCommand,
  help: async () => (await import("./help_command.ts")).helpCommand,
};

// The commands are compiled once, not at each call.
enableCompileCache();

// A reader such as `head` that has enough is no error.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0);
  throw error;
});

const { rest, language, isHelp } = takeCommonOptions(process.argv.slice(2));
const terminal: Terminal = {
  language: languageOf(language, process.env),
  environment: process.env,
  directory: process.cwd(),
  // npm runs a script in the project's folder, wherever it was called.
  caller: process.env.npm_lifecycle_event === undefined ? process.cwd() : (process.env.INIT_CWD ?? process.cwd()),
};
const [name = "help", ...args] = rest;
process.exitCode = await runCommand(isHelp ? "help" : name);

async function runCommand(command: string): Promise<ExitCode> {
  const load = Object.hasOwn(COMMANDS, command) ? COMMANDS[command] : undefined;
  try {
    if (load === undefined) {
      throw new CommandError(
        {
          en: `There is no command '${command}': 'cogniforge help' lists them`,
          ar: `لا يوجد أمر باسم '${command}': يعرض 'cogniforge help' الأوامر كلها`,
        },
        { exitCode: 2 },
      );
    }
    const run = await load();
    return await run(args, terminal);
  } catch (error) {
    return explain(error);
  }
}

function explain(error: unknown): ExitCode {
  if (error instanceof CommandError) {
    note(`${error.text.en}\n${error.text.ar}`);
    return error.exitCode;
  }
  if (error instanceof StorageCopyError) {
    note(`${error.text.en}\n${error.text.ar}`);
    return 1;
  }
  if (error instanceof ConfigError || error instanceof StorageOpenError || error instanceof RedisOpenError) {
    note(error.format());
    return 1;
  }
  if (error instanceof FailureError) {
    const { message, remedy } = error.info;
    note(`${message.en} ${remedy.en}\n${message.ar} ${remedy.ar}`);
    return 1;
  }
  const { code, message, stack } = (error ?? {}) as { code?: string; message?: string; stack?: string };
  if (code?.startsWith("ERR_PARSE_ARGS")) {
    note(`${message}: 'cogniforge help' lists the options\nخيار غير صحيح: يعرض 'cogniforge help' الخيارات كلها`);
    return 2;
  }
  const fault = storageFaultOf(error);
  if (fault !== undefined) {
    const { en, ar } = explainStorageFault(fault, String(message));
    note(`${en}\n${ar}`);
    return 1;
  }
  note(stack ?? String(error));
  return 1;
}

/** `--lang` and `--help` may stand anywhere, before the command too; what follows `--` is left alone. */
function takeCommonOptions(argv: readonly string[]): { rest: string[]; language: string | undefined; isHelp: boolean } {
  const rest: string[] = [];
  let asked: string | undefined;
  let isHelpAsked = false;
  for (let index = 0; index < argv.length; index++) {
    const arg = argv[index] ?? "";
    if (arg === "--") {
      rest.push(...argv.slice(index));
      break;
    }
    if (arg === "--lang") asked = argv[++index];
    else if (arg.startsWith("--lang=")) asked = arg.slice("--lang=".length);
    else if (arg === "--help" || arg === "-h") isHelpAsked = true;
    else rest.push(arg);
  }
  return { rest, language: asked, isHelp: isHelpAsked };
}
