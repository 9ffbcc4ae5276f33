import { randomBytes } from "node:crypto";
import { text as readAll } from "node:stream/consumers";
import { setTimeout as wait } from "node:timers/promises";
import { parseArgs } from "node:util";
import type { AnswerEvent } from "@cogniforge/core/events";
import type { Access } from "../caller/access.ts";
import { ForeignReplyError } from "../caller/access.ts";
import { mutate, RefusedError } from "../caller/call.ts";
import { follow } from "../caller/follow.ts";
import { diagnose } from "../doctor/doors/diagnose.ts";
import { readSetup } from "../doctor/read_setup.ts";
import { AnswerPrinter } from "./answer_printer.ts";
import { localUrl } from "./local_url.ts";
import type { ExitCode, Terminal } from "./terminal.ts";
import { CommandError, note, print } from "./terminal.ts";

interface Started {
  answerId: string;
  conversationId?: string;
  cursor: string;
}

/** Tries to hand the question over: the same id each time, so that it is asked once. */
const MAX_TRIES = 5;

const CANCELLED = 130;

/** `cogniforge ask`: asks a running server and streams the answer; a lost connection is taken up where it broke. */
export async function askCommand(args: string[], terminal: Terminal): Promise<ExitCode> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      json: { type: "boolean" },
      url: { type: "string" },
      route: { type: "string" },
      conversation: { type: "string" },
    },
  });
  const question = await readQuestion(positionals);
  const access = await accessOf(values.url, terminal);
  const stop = new AbortController();
  const onInterrupt = () => stop.abort();
  process.once("SIGINT", onInterrupt);
  let started: Started | undefined;
  try {
    const input = { question, route: values.route, conversationId: values.conversation };
    started = await start(access, input, stop.signal);
    return await show(access, started, { isJson: values.json ?? false, terminal, signal: stop.signal });
  } catch (error) {
    if (!stop.signal.aborted) throw explain(error, access);
    // The answer would go on without its reader, and be paid for.
    if (started !== undefined) await cancel(access, started.answerId);
    return CANCELLED;
  } finally {
    process.off("SIGINT", onInterrupt);
  }
}

async function readQuestion(positionals: readonly string[]): Promise<string> {
  const [question, ...others] = positionals;
  const isPiped = question === "-" || (question === undefined && !process.stdin.isTTY);
  const asked = isPiped ? await readAll(process.stdin) : (question ?? "");
  if (asked.trim() !== "" && others.length === 0) return asked;
  throw new CommandError(
    {
      en: 'Expected one question: cogniforge ask "What is a cursor?"',
      ar: 'المتوقع سؤال واحد: cogniforge ask "ما المؤشر؟"',
    },
    { exitCode: 2 },
  );
}

async function accessOf(givenUrl: string | undefined, { environment, directory }: Terminal): Promise<Access> {
  const setup = await readSetup({ environment, directory });
  const url = givenUrl ?? setup.environment.COGNIFORGE_URL ?? (setup.config && localUrl(setup.config));
  if (url === undefined || !URL.canParse(url)) {
    throw new CommandError(
      {
        en: "Expected the server's address after --url or in COGNIFORGE_URL",
        ar: "المتوقع عنوان الخادم بعد ‎--url أو في COGNIFORGE_URL",
      },
      { exitCode: 2 },
    );
  }
  return { url: url.replace(/\/+$/, ""), key: setup.environment.COGNIFORGE_API_KEY?.trim() || undefined };
}

async function start(access: Access, input: object, signal: AbortSignal): Promise<Started> {
  const answerId = randomBytes(12).toString("hex");
  for (let tries = 1; ; tries++) {
    try {
      return await mutate<Started>(access, "answers.start", { ...input, answerId }, signal);
    } catch (error) {
      const isRefused = error instanceof RefusedError || error instanceof ForeignReplyError;
      const isNobodyThere = diagnose(error, access.url).cause === "unreachable";
      if (isRefused || isNobodyThere || signal.aborted || tries >= MAX_TRIES) throw error;
      await wait(tries * 300, undefined, { signal });
    }
  }
}

interface ShowOptions {
  isJson: boolean;
  terminal: Terminal;
  signal: AbortSignal;
}

async function show(access: Access, started: Started, { isJson, terminal, signal }: ShowOptions): Promise<ExitCode> {
  const printer = new AnswerPrinter(terminal.language);
  const onLost = () => note(printer.lost());
  let last: AnswerEvent | undefined;
  for await (const { event, cursor } of follow(access, { ...started, signal, onLost })) {
    last = event;
    if (isJson) await print(`${JSON.stringify({ cursor, ...event })}\n`);
    else {
      const { text, remark } = printer.take(event);
      if (text !== "") await print(text);
      if (remark !== undefined) note(remark);
    }
  }
  return last?.type === "answer-end" && last.outcome === "completed" ? 0 : 1;
}

async function cancel(access: Access, answerId: string): Promise<void> {
  await mutate(access, "answers.cancel", { answerId }, AbortSignal.timeout(5_000)).catch(() => {});
}

function explain(error: unknown, access: Access): CommandError {
  if (error instanceof RefusedError && error.status === 401) {
    return new CommandError({
      en: `${error.failure.message.en} Set COGNIFORGE_API_KEY (in the environment or .env) to a key of the server`,
      ar: `${error.failure.message.ar} اضبط COGNIFORGE_API_KEY (في البيئة أو في الملف ‎.env) على مفتاح للخادم`,
    });
  }
  const { message, remedy } = diagnose(error, access.url);
  return new CommandError({ en: `${message.en}. ${remedy.en}`, ar: `${message.ar}. ${remedy.ar}` }, { cause: error });
}
