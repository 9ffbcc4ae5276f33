import assert from "node:assert/strict";
import { test } from "node:test";
import { HttpReader } from "./http_reader.ts";

const MESSAGES = [
  "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nwhole",
  "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nin \r\nA\r\nten pieces\r\n0\r\n\r\n",
  "HTTP/1.1 204 No Content\r\n\r\n",
].join("");

function read(pieceBytes: number): string[] {
  const said: string[] = [];
  let body = "";
  const reader = new HttpReader({
    head: (text) => said.push(text.split("\r\n", 1)[0] ?? ""),
    body: (piece) => {
      body += piece.toString("latin1");
    },
    end: () => {
      said.push(body);
      body = "";
    },
  });
  const bytes = Buffer.from(MESSAGES, "latin1");
  for (let at = 0; at < bytes.length; at += pieceBytes) reader.push(bytes.subarray(at, at + pieceBytes));
  return said;
}

test("HttpReader reads messages one after the other, however their bytes are cut", () => {
  const expected = ["HTTP/1.1 200 OK", "whole", "HTTP/1.1 200 OK", "in ten pieces", "HTTP/1.1 204 No Content", ""];
  for (let pieceBytes = 1; pieceBytes <= MESSAGES.length; pieceBytes++) assert.deepEqual(read(pieceBytes), expected);
});
