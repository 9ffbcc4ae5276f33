import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeSse, SseDecoder, type SseItem, SseTooLargeError } from "./mod.ts";

const bytesOf = (text: string) => new TextEncoder().encode(text);

function decodePieces(pieces: Iterable<Uint8Array>, maxEventChars?: number): SseItem[] {
  const decoder = new SseDecoder(maxEventChars === undefined ? {} : { maxEventChars });
  const items: SseItem[] = [];
  for (const piece of pieces) items.push(...decoder.push(piece));
  items.push(...decoder.end());
  return items;
}

const event = (data: string, type?: string, id?: string): SseItem => ({ type: "event", data, event: type, id });

const LINES = [
  ": مرحبا",
  "",
  "id: 7",
  "event: delta",
  'data: {"text":"مُدَرِّسَة 👨‍👩‍👧"}',
  "",
  "retry: 3000",
  "retry: soon",
  "data",
  "data:",
  "data:  two blanks",
  "unknown: field",
  "",
  "",
  'error: {"message":"out of memory"}',
  "upstream error: read ECONNRESET",
  "{",
  ' "error": 1',
  "}",
  "dat",
  ":",
  "data: last",
];

const EXPECTED: SseItem[] = [
  { type: "comment", comment: "مرحبا" },
  event('{"text":"مُدَرِّسَة 👨‍👩‍👧"}', "delta", "7"),
  { type: "retry", retryMs: 3000 },
  { type: "stray", line: "retry: soon" },
  { type: "stray", line: "unknown: field" },
  event("\n\n two blanks"),
  { type: "stray", line: 'error: {"message":"out of memory"}' },
  { type: "stray", line: "upstream error: read ECONNRESET" },
  { type: "stray", line: "{" },
  { type: "stray", line: ' "error": 1' },
  { type: "stray", line: "}" },
  { type: "stray", line: "dat" },
  { type: "comment", comment: "" },
  event("last"),
];

const MIXED = ["\n", "\r\n", "\r"];
const STREAMS: Record<string, string> = {
  LF: LINES.join("\n"),
  CRLF: LINES.join("\r\n"),
  "CR only": LINES.join("\r"),
  // "\r" before an empty line that ends with "\n" would be read as one CRLF: only where the next line has text.
  mixed: LINES.map((line, at) => line + (LINES[at + 1] === "" ? "\n" : (MIXED[at % 3] ?? ""))).join(""),
  "byte order mark": `\uFEFF${LINES.join("\n")}`,
  "final newline": `${LINES.join("\n")}\n`,
  "final blank line": `${LINES.join("\r\n")}\r\n\r\n`,
};

for (const [name, text] of Object.entries(STREAMS)) {
  test(`SseDecoder gives the same items however the bytes are cut: ${name}`, () => {
    const bytes = bytesOf(text);
    assert.deepEqual(decodePieces([bytes]), EXPECTED, "whole");
    for (let at = 1; at < bytes.length; at++) {
      assert.deepEqual(decodePieces([bytes.subarray(0, at), bytes.subarray(at)]), EXPECTED, `cut at ${at}`);
    }
    for (const size of [1, 2, 3, 5, 7]) {
      const pieces: Uint8Array[] = [];
      for (let at = 0; at < bytes.length; at += size) pieces.push(bytes.subarray(at, at + size), new Uint8Array(0));
      assert.deepEqual(decodePieces(pieces), EXPECTED, `pieces of ${size}`);
    }
  });
}

test("SseDecoder replaces invalid UTF-8 instead of failing", () => {
  const bytes = new Uint8Array([...bytesOf("data: a"), 0xff, 0xc3, ...bytesOf("b\n\n")]);
  for (let at = 1; at < bytes.length; at++) {
    assert.deepEqual(decodePieces([bytes.subarray(0, at), bytes.subarray(at)]), [event("a\uFFFD\uFFFDb")]);
  }
});

test("SseDecoder fails clearly on an event beyond the limit, and takes one at the limit, however it is cut", () => {
  const limit = 40;
  const fits = ["x".repeat(limit), `${"x".repeat(19)}\ndata: ${"y".repeat(20)}`];
  const exceeds = ["x".repeat(limit + 1), `${"x".repeat(20)}\ndata: ${"y".repeat(20)}`];
  for (const [values, isFine] of [[fits, true] as const, [exceeds, false] as const]) {
    for (const value of values) {
      const bytes = bytesOf(`data: ${value}\n\n`);
      for (let at = 1; at <= bytes.length; at++) {
        const run = () => decodePieces([bytes.subarray(0, at), bytes.subarray(at)], limit);
        if (isFine) assert.equal(run().length, 1, `${value} cut at ${at}`);
        else assert.throws(run, SseTooLargeError, `${value} cut at ${at}`);
      }
    }
  }
});

test("SseDecoder counts each line for itself, however many come in pieces", () => {
  const decoder = new SseDecoder({ maxEventChars: 50 });
  let count = 0;
  for (let at = 0; at < 100; at++) {
    count += decoder.push(bytesOf("data: 0123456789")).length;
    count += decoder.push(bytesOf("0123456789\n\n")).length;
  }
  assert.equal(count, 100);
});

test("SseDecoder fails on an endless line before it ends", () => {
  for (const start of ["data: ", ": ", "no field at all "]) {
    const decoder = new SseDecoder({ maxEventChars: 1000 });
    decoder.push(bytesOf(start));
    assert.throws(() => {
      for (let count = 0; count < 200; count++) decoder.push(bytesOf("0123456789"));
    }, SseTooLargeError);
  }
});

test("SseDecoder decodes one long line in many pieces in linear time", () => {
  const decoder = new SseDecoder();
  const piece = bytesOf("x".repeat(50));
  decoder.push(bytesOf("data: "));
  for (let count = 0; count < 40_000; count++) decoder.push(piece);
  const [item] = decoder.push(bytesOf("\n\n"));
  assert.ok(item?.type === "event" && item.data.length === 2_000_000);
});

test("decodeSse() yields one batch for each read that completes an item, and cancels the stream on an early return", async () => {
  let cancelled = false;
  const stream = new ReadableStream<Uint8Array>({
    pull(controller) {
      controller.enqueue(bytesOf("data: 1\n\ndata: 2\n\ndata:"));
      controller.enqueue(bytesOf(" 3"));
      controller.enqueue(bytesOf("\n\n"));
    },
    cancel() {
      cancelled = true;
    },
  });
  const batches: (readonly SseItem[])[] = [];
  for await (const batch of decodeSse(stream)) {
    batches.push(batch);
    if (batches.length === 2) break;
  }
  assert.deepEqual(batches, [[event("1"), event("2")], [event("3")]]);
  assert.ok(cancelled);
});
