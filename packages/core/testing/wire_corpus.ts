import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliDecompressSync, constants, gunzipSync, inflateSync } from "node:zlib";

/** One answer of an upstream, byte for byte, with what a gateway should make of it. */
export interface WireCase {
  id: string;
  dialect: string;
  streaming: boolean;
  status: number;
  headers: Record<string, string>;
  tags: readonly string[];
  synthetic: boolean;
  /** When the answer arrives, in epoch milliseconds. */
  clock: number | undefined;
  transport: { phase: string; how: string } | undefined;
  /** As `fetch` gives it: decompressed, where the wire is compressed. */
  body: Uint8Array;
  expect: WireExpectation;
}

export interface WireExpectation {
  outcome: string;
  text: string;
  reasoning: string;
  finishReason: string | null;
  usage: Record<string, number | null> | null;
  toolCalls: readonly { name: string; arguments: unknown }[];
  model: string | null;
  error: { kind: string; action: string; retryAfterMs?: number; beforeOutput?: boolean } | null;
  accept?: Record<string, readonly unknown[]>;
  skip?: readonly string[];
  optional?: string;
}

/** The corpus, and which part of it is there: all of it, or the synthetic cases that stand beside this file. */
export interface WireCorpus {
  cases: readonly WireCase[];
  part: string;
}

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const OWN_CASES = fileURLToPath(new URL("wire/", import.meta.url));

/**
 * Loads the cases of a dialect, from the folder in `WIRE_CORPUS`, from `../shared/wire`, or from the synthetic ones here; those
 * here that a whole corpus lacks belong to it too.
 */
export function loadWireCorpus(dialect: string): WireCorpus {
  const candidates = [process.env.WIRE_CORPUS, join(ROOT, "../shared/wire")];
  const whole = candidates.find((folder) => folder !== undefined && existsSync(join(folder, "cases")));
  const folders = new Map<string, string>();
  for (const root of [OWN_CASES, ...(whole === undefined ? [] : [join(whole, "cases")])]) {
    for (const entry of readdirSync(root, { withFileTypes: true })) {
      if (entry.isDirectory()) folders.set(entry.name, join(root, entry.name));
    }
  }
  const cases = [...folders.values()]
    .map(loadCase)
    .filter((one) => one.dialect === dialect)
    .sort((a, b) => (a.id < b.id ? -1 : 1));
  const part = whole === undefined ? `synthetic cases only (${OWN_CASES})` : `the whole corpus (${whole})`;
  return { cases, part };
}

function loadCase(folder: string): WireCase {
  const about = JSON.parse(readFileSync(join(folder, "case.json"), "utf8"));
  const expect = JSON.parse(readFileSync(join(folder, "expect.json"), "utf8"));
  return {
    ...about,
    synthetic: about.synthetic === true,
    clock: about.clock === undefined ? undefined : toEpochMs(about.clock),
    body: decompress(readFileSync(join(folder, "body")), about.headers["content-encoding"]),
    expect,
  };
}

function toEpochMs(clock: string | number): number {
  return typeof clock === "number" ? clock : Date.parse(clock);
}

/** As Node's `fetch` does it: a body that is cut short gives what there is, without an error. */
function decompress(body: Uint8Array, encoding: string | undefined): Uint8Array {
  const options = { finishFlush: constants.Z_SYNC_FLUSH };
  switch (encoding) {
    case "gzip":
      return new Uint8Array(gunzipSync(body, options));
    case "deflate":
      return new Uint8Array(inflateSync(body, options));
    case "br":
      return new Uint8Array(brotliDecompressSync(body, { finishFlush: constants.BROTLI_OPERATION_FLUSH }));
    default:
      return new Uint8Array(body);
  }
}

/** Cuts bytes into pieces: of one size, or of the sizes that `next` gives. */
export function cutBytes(bytes: Uint8Array, next: number | (() => number)): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; ) {
    const size = typeof next === "number" ? next : next();
    pieces.push(bytes.subarray(at, at + size));
    at += size;
  }
  return pieces;
}

/** How a replayed body is served. */
export interface ReplayOptions {
  /** A turn of the event loop between the pieces. */
  hasTurns?: boolean;
  /** The connection stays open after the last piece. */
  hangs?: boolean;
}

/** The answer as `fetch` would give it. */
export function responseOf(one: WireCase, pieces: readonly Uint8Array[], options: ReplayOptions = {}): Response {
  let at = 0;
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
    async pull(controller) {
      if (options.hasTurns) await new Promise((resolve) => setImmediate(resolve));
      const piece = pieces[at++];
      if (piece !== undefined) controller.enqueue(new Uint8Array(piece));
      else if (options.hangs) await new Promise(() => {});
      else controller.close();
    },
  });
  const headers = new Headers(one.headers);
  // `fetch` has decompressed the body.
  headers.delete("content-encoding");
  return new Response(body, { status: one.status, headers });
}
