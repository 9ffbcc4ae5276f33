import { userInfo } from "node:os";
import { parseArgs } from "node:util";
import { systemWallClock } from "@cogniforge/core/journal";
import { Audit } from "../audit/mod.ts";
import type { Principal } from "../auth/principal.ts";
import { loadConfig } from "../config/mod.ts";
import { KeyRing, KeyService } from "../keys/mod.ts";
import { KEY_OPTIONS, keySettingsOf } from "./key_options.ts";
import { formatKey } from "./key_report.ts";
import { openKeyStorage } from "./key_storage.ts";
import type { ExitCode, Terminal } from "./terminal.ts";
import { CommandError, note, print } from "./terminal.ts";

interface Desk {
  keys: KeyService;
  audit: Audit;
  terminal: Terminal;
}

type Action = (args: string[], desk: Desk) => Promise<ExitCode>;

const ACTIONS: Readonly<Record<string, Action>> = { list: listKeys, create: createKey, revoke: revokeKey };

/** Whoever may write the data may do everything: an owner of its own, by the name of the system's user. */
const OPERATOR: Principal = { id: "cli", kind: "user", role: "administrator", name: operatorName() };

/** `cogniforge keys list|create|revoke`: the keys of programs, where the data is, whether or not a server runs. */
export async function keysCommand([name = "", ...args]: string[], terminal: Terminal): Promise<ExitCode> {
  const action = Object.hasOwn(ACTIONS, name) ? ACTIONS[name] : undefined;
  if (action === undefined) {
    throw new CommandError(
      { en: "Expected list, create or revoke after keys", ar: "المتوقع بعد keys هو list أو create أو revoke" },
      { exitCode: 2 },
    );
  }
  const config = await loadConfig(terminal);
  await using storage = await openKeyStorage(config);
  const ring = await KeyRing.open({ store: storage.apiKeys });
  const keys = new KeyService({ ring, limits: () => config.limits });
  const audit = new Audit(storage.auditLog, systemWallClock);
  try {
    return await action(args, { keys, audit, terminal });
  } finally {
    await ring.close();
  }
}

async function listKeys(args: string[], { keys, terminal }: Desk): Promise<ExitCode> {
  const { values } = parseArgs({ args, options: { json: { type: "boolean" } } });
  const views = keys.list(OPERATOR);
  if (values.json) await print(`${JSON.stringify(views, null, 2)}\n`);
  else if (views.length === 0) note(terminal.language === "ar" ? "لا توجد مفاتيح" : "There are no keys");
  else await print(`${views.map((view) => formatKey(view, terminal.language)).join("\n")}\n`);
  return 0;
}

async function createKey(args: string[], { keys, audit, terminal }: Desk): Promise<ExitCode> {
  const { values } = parseArgs({ args, options: { ...KEY_OPTIONS, json: { type: "boolean" } } });
  const { json, ...options } = values;
  const settings = keySettingsOf(options, Date.now());
  const created = await keys.create(OPERATOR, settings);
  await audit.record(OPERATOR, { action: "key-made", object: created.id, detail: settings });
  if (json) {
    await print(`${JSON.stringify(created, null, 2)}\n`);
    return 0;
  }
  note(
    terminal.language === "ar"
      ? "هذا هو المفتاح. لن يظهر مرة أخرى، فاحفظه الآن:"
      : "This is the key. It is not shown again, so keep it now:",
  );
  await print(`${created.key}\n`);
  note(formatKey(created, terminal.language));
  return 0;
}

async function revokeKey(args: string[], { keys, audit, terminal }: Desk): Promise<ExitCode> {
  // An id may begin with a hyphen, and is no option for that.
  const isId = (arg: string) => /^-?[\w][\w-]{15,63}$/.test(arg);
  const { values, positionals } = parseArgs({
    args: [...args.filter((arg) => !isId(arg)), "--", ...args.filter(isId)],
    allowPositionals: true,
    options: { json: { type: "boolean" } },
  });
  const [id, ...others] = positionals;
  if (id === undefined || others.length > 0) {
    throw new CommandError(
      { en: "Expected one id: cogniforge keys revoke ID", ar: "المتوقع معرّف واحد: cogniforge keys revoke ID" },
      { exitCode: 2 },
    );
  }
  const view = await keys.revoke(OPERATOR, id);
  await audit.record(OPERATOR, { action: "key-revoked", object: id, detail: { name: view.name } });
  if (values.json) await print(`${JSON.stringify(view, null, 2)}\n`);
  else {
    note(
      terminal.language === "ar"
        ? "أُلغي المفتاح. ويرفضه الخادم العامل خلال ثانية واحدة:"
        : "The key is revoked. A running server refuses it within a second:",
    );
    note(formatKey(view, terminal.language));
  }
  return 0;
}

function operatorName(): string {
  try {
    return `${userInfo().username} (cogniforge keys)`;
  } catch {
    // In containers the user may have no name.
    return `${process.getuid?.() ?? "?"} (cogniforge keys)`;
  }
}
