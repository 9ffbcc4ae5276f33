import { FAILURE_CODES, UpstreamError } from "../failures/mod.ts";
import type { Provider, ProviderPart, ProviderRequest } from "./provider.ts";

/** A provider that is prepared for one case. */
export interface ConformanceSubject {
  provider: Provider;
  /** Whether nothing of the last call is held any more: the upstream's body, a socket. Absent where there is no upstream. */
  isReleased?: () => boolean | Promise<boolean>;
  /** Ends what the subject has started. */
  close?: () => unknown;
}

/** Makes subjects; a provider that cannot behave so leaves the member out, and its cases with it. */
export interface ConformanceSubjects {
  /** The upstream says the pieces, then that it has finished. */
  answer(pieces: readonly string[]): ConformanceSubject | Promise<ConformanceSubject>;
  /** The upstream says the pieces, then nothing more, and stays open. */
  hang(pieces: readonly string[]): ConformanceSubject | Promise<ConformanceSubject>;
  /** The upstream says nothing at all, not even that it has accepted the request. */
  silence?(): ConformanceSubject | Promise<ConformanceSubject>;
  /** The upstream says the pieces, then that it has failed. */
  fail?(pieces: readonly string[]): ConformanceSubject | Promise<ConformanceSubject>;
}

/** One case, for the runner of your choice: `test(name, run)`. */
export interface ConformanceCase {
  name: string;
  run: () => Promise<void>;
}

/** Text that suffers from trimming, from cutting in the wrong place and from careless decoding. */
export const HARD_PIECES: readonly string[] = [
  "  \n",
  "مُدَرِّسَةٌ",
  " كَتَبَتْ\t",
  "👨‍👩‍👧‍👦🇸🇦",
  " e\u0301 ",
  "\u200f\u202bRTL\u202c",
  "a\r\nb\u2028c",
  "𝔘𝔫𝔦𝔠𝔬𝔡𝔢 漢字",
  " \\u0041 \" ' <b>&amp;</b>",
  "\n\n  ",
];

const REQUEST: ProviderRequest = {
  model: "test-model",
  messages: [{ role: "user", content: "سؤال" }],
  parameters: {},
};

/** "At once", on a busy machine. */
const AT_ONCE_MS = 2000;

/** The cases that every provider must pass. */
export function providerConformance(name: string, subjects: ConformanceSubjects): ConformanceCase[] {
  const { answer, hang, silence, fail } = subjects;
  const cases: ConformanceCase[] = [];
  const add = (
    behaviour: string,
    make: () => ConformanceSubject | Promise<ConformanceSubject>,
    run: (subject: ConformanceSubject) => Promise<void>,
  ) => {
    const runCase = async () => {
      const subject = await make();
      try {
        await run(subject);
      } finally {
        await subject.close?.();
      }
    };
    cases.push({ name: `${name} ${behaviour}`, run: runCase });
  };

  add("gives every character of the text, in parts that are never empty", () => answer(HARD_PIECES), checkText);
  add(
    "says first that the request is accepted, and once at the end that the model has finished",
    () => answer(["a b"]),
    checkOrder,
  );
  add("keeps two streams apart", () => answer(["one two three"]), checkApart);
  add("lets go of the upstream and of the signal at the end", () => answer(["a"]), checkReleaseAtEnd);
  add("gives nothing when it is aborted before it begins", () => answer(["a"]), checkAbortedBefore);
  add(
    "ends at once when it is aborted while it waits",
    () => hang(["a b "]),
    (subject) => checkEnding(subject, "abort"),
  );
  add(
    "ends at once when it is returned while it waits",
    () => hang(["a b "]),
    (subject) => checkEnding(subject, "return"),
  );
  add(
    "gives nothing more once it is aborted between two batches",
    () => answer(["one ", "two ", "three "]),
    checkAbortBetween,
  );
  add("lets go of the upstream when its reader leaves early", () => hang(["a b "]), checkLeaving);
  if (silence !== undefined) {
    add("ends at once when it is aborted before the upstream has answered", silence, checkAbortInSilence);
  }
  if (fail !== undefined) {
    add(
      "throws an UpstreamError of the closed list, before any text",
      () => fail([]),
      (subject) => checkFailure(subject, ""),
    );
    add(
      "throws an UpstreamError after the text that came before it",
      () => fail(["a b "]),
      (subject) => checkFailure(subject, "a b "),
    );
  }
  return cases;
}

async function checkText({ provider }: ConformanceSubject): Promise<void> {
  const parts = (await collect(provider)).flat();
  for (const part of parts) {
    if (part.type === "text" || part.type === "reasoning") check(part.text !== "", `no ${part.type} is empty`);
  }
  checkSame(textOf(parts), HARD_PIECES.join(""), "the text");
}

async function checkOrder({ provider }: ConformanceSubject): Promise<void> {
  const batches = await collect(provider);
  check(
    batches.every((batch) => batch.length > 0),
    "no batch is empty",
  );
  const types = batches.flat().map((part) => part.type);
  checkSame(types[0], "headers", "the first part");
  checkSame(types.filter((type) => type === "headers").length, 1, "the number of 'headers' parts");
  checkSame(types.filter((type) => type === "finish").length, 1, "the number of 'finish' parts");
  const after = types.slice(types.indexOf("finish") + 1);
  const reports = ["alive", "usage", "cost", "model"];
  check(
    after.every((type) => reports.includes(type)),
    `after 'finish' come only reports: ${after.join(", ")}`,
  );
}

async function checkApart({ provider }: ConformanceSubject): Promise<void> {
  const texts = await Promise.all([1, 2, 3].map(async () => textOf((await collect(provider)).flat())));
  for (const text of texts) checkSame(text, "one two three", "the text");
}

async function checkReleaseAtEnd(subject: ConformanceSubject): Promise<void> {
  const { signal, listeners } = watchedSignal();
  await collect(subject.provider, signal);
  await checkReleased(subject);
  checkSame(listeners(), 0, "the listeners that are left on the signal");
}

async function checkAbortedBefore(subject: ConformanceSubject): Promise<void> {
  const batches = await collect(subject.provider, AbortSignal.abort());
  checkSame(batches.length, 0, "the number of batches");
}

async function checkEnding(subject: ConformanceSubject, how: "abort" | "return"): Promise<void> {
  const { signal, controller, listeners } = watchedSignal();
  const iterator = open(subject.provider, signal);
  await readUntilText(iterator);
  const rest = drain(iterator);
  if (how === "abort") controller.abort();
  else await atOnce(Promise.resolve(iterator.return?.()), "return()");
  await atOnce(rest, "the pending next()");
  const after = await atOnce(iterator.next(), "next() after the end");
  check(after.done === true, "nothing comes after the end");
  await checkReleased(subject);
  checkSame(listeners(), 0, "the listeners that are left on the signal");
}

async function checkAbortBetween(subject: ConformanceSubject): Promise<void> {
  const { signal, controller, listeners } = watchedSignal();
  const iterator = open(subject.provider, signal);
  await readUntilText(iterator);
  controller.abort();
  const next = await atOnce(iterator.next(), "next() after the abort");
  check(next.done === true, "nothing comes after the abort");
  await checkReleased(subject);
  checkSame(listeners(), 0, "the listeners that are left on the signal");
}

async function checkLeaving(subject: ConformanceSubject): Promise<void> {
  const { signal, listeners } = watchedSignal();
  const iterator = open(subject.provider, signal);
  await readUntilText(iterator);
  await atOnce(Promise.resolve(iterator.return?.()), "return()");
  await checkReleased(subject);
  checkSame(listeners(), 0, "the listeners that are left on the signal");
}

async function checkAbortInSilence(subject: ConformanceSubject): Promise<void> {
  const { signal, controller, listeners } = watchedSignal();
  const rest = drain(open(subject.provider, signal));
  controller.abort();
  await atOnce(rest, "the pending next()");
  checkSame(listeners(), 0, "the listeners that are left on the signal");
}

async function checkFailure(subject: ConformanceSubject, wanted: string): Promise<void> {
  const parts: ProviderPart[] = [];
  const { signal, listeners } = watchedSignal();
  let thrown: unknown;
  try {
    for await (const batch of subject.provider.stream(REQUEST, { signal, timeouts: { connectMs: AT_ONCE_MS } })) {
      parts.push(...batch);
    }
  } catch (error) {
    thrown = error;
  }
  check(thrown instanceof UpstreamError, `an UpstreamError is thrown, not ${String(thrown)}`);
  const { code, action } = (thrown as UpstreamError).failure;
  check(FAILURE_CODES.includes(code), `the code is of the closed list: ${code}`);
  check(["retry", "fallback", "tell"].includes(action), `the action is known: ${action}`);
  checkSame(textOf(parts), wanted, "the text before the failure");
  check(!parts.some((part) => part.type === "finish"), "nothing says that the model has finished");
  await checkReleased(subject);
  checkSame(listeners(), 0, "the listeners that are left on the signal");
}

type Batches = AsyncIterator<readonly ProviderPart[]>;

function open(provider: Provider, signal: AbortSignal): Batches {
  return provider.stream(REQUEST, { signal, timeouts: { connectMs: AT_ONCE_MS } })[Symbol.asyncIterator]();
}

async function collect(provider: Provider, signal = new AbortController().signal) {
  const batches: (readonly ProviderPart[])[] = [];
  for await (const batch of provider.stream(REQUEST, { signal, timeouts: { connectMs: AT_ONCE_MS } }))
    batches.push(batch);
  return batches;
}

async function readUntilText(iterator: Batches): Promise<void> {
  for (;;) {
    const { done, value } = await iterator.next();
    check(!done, "text comes before the end");
    if (!done && value.some((part) => part.type === "text")) return;
  }
}

async function drain(iterator: Batches): Promise<void> {
  while (!(await iterator.next()).done);
}

function textOf(parts: readonly ProviderPart[]): string {
  return parts.map((part) => (part.type === "text" ? part.text : "")).join("");
}

/** A signal that counts the listeners which are left on it. */
function watchedSignal() {
  const controller = new AbortController();
  const { signal } = controller;
  const left = new Set<unknown>();
  const add = signal.addEventListener.bind(signal);
  const remove = signal.removeEventListener.bind(signal);
  Object.assign(signal, {
    addEventListener(...args: Parameters<typeof add>) {
      left.add(args[1]);
      add(...args);
    },
    removeEventListener(...args: Parameters<typeof remove>) {
      left.delete(args[1]);
      remove(...args);
    },
  });
  // A listener that was to run once has gone when the signal aborted.
  return { controller, signal, listeners: () => (signal.aborted ? 0 : left.size) };
}

async function checkReleased({ isReleased }: ConformanceSubject): Promise<void> {
  if (isReleased === undefined) return;
  const end = Date.now() + AT_ONCE_MS;
  // A socket's other end hears of it a moment later.
  while (!(await isReleased())) {
    check(Date.now() < end, "the upstream is released");
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

async function atOnce<T>(promise: Promise<T>, what: string): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`Expected that ${what} ends at once`)), AT_ONCE_MS);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

function check(isTrue: boolean, what: string): void {
  if (!isTrue) throw new Error(`Expected that ${what}`);
}

function checkSame(actual: unknown, wanted: unknown, what: string): void {
  if (actual !== wanted) {
    throw new Error(`Expected ${what} to be ${JSON.stringify(wanted)}, found ${JSON.stringify(actual)}`);
  }
}
