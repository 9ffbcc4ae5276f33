import { STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import { FailureError } from "../failure_error.ts";

/**
 * Answers what Node could not read as a request, in both languages like every other refusal: its own answer has no body, and
 * leaves whoever asked with a status alone.
 */
export function refuseUnparsed(error: NodeJS.ErrnoException, socket: Duplex): void {
  // The caller has gone: nobody is there to be answered.
  if (error.code === "ECONNRESET" || !socket.writable) return void socket.destroy();
  const [status, failure] = judge(error);
  const body = JSON.stringify({ failure: failure.info });
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    "Content-Type: application/json; charset=utf-8",
    `Content-Length: ${Buffer.byteLength(body)}`,
    "Connection: close",
  ];
  socket.end(`${head.join("\r\n")}\r\n\r\n${body}`);
}

function judge({ code }: NodeJS.ErrnoException): [status: number, failure: FailureError] {
  switch (code) {
    case "HPE_HEADER_OVERFLOW":
      return [
        431,
        new FailureError("body-too-large", {
          detail: "The address and the headers are too long: send the question by POST",
        }),
      ];
    case "ERR_HTTP_REQUEST_TIMEOUT":
      return [408, new FailureError("invalid-input", { detail: "The request did not come to its end in time" })];
    default:
      return [400, new FailureError("invalid-input", { detail: "This is no HTTP request" })];
  }
}
