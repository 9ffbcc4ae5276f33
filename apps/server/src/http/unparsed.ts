import { STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import type { FailureInfo } from "@cogniforge/core/events";
import { FailureError } from "../failure_error.ts";
import { SECURITY_HEADERS } from "./security_headers.ts";

/** How long a caller has to read why it was refused, and to close, in milliseconds. */
const LINGER_MS = 2_000;

const refused = new WeakSet<Duplex>();

/**
 * Answers what Node could not read as a request, in both languages like every other refusal: its own answer has no body, and
 * leaves whoever asked with a status alone.
 */
export function refuseUnparsed(error: NodeJS.ErrnoException, socket: Duplex): void {
  // What was refused may send on for a while, and is read by nobody.
  if (refused.has(socket)) return;
  // The caller has gone: nobody is there to be answered.
  if (error.code === "ECONNRESET" || !socket.writable) return void socket.destroy();
  const [status, failure] = judge(error);
  refuseSocket(socket, status, failure.info);
}

/** Answers on a bare connection, where there is no response to write to, and closes it. */
export function refuseSocket(socket: Duplex, status: number, failure: FailureInfo): void {
  const body = JSON.stringify({ failure });
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    ...Object.entries(SECURITY_HEADERS).map(([name, value]) => `${name}: ${value}`),
    "Content-Type: application/json; charset=utf-8",
    `Content-Length: ${Buffer.byteLength(body)}`,
    "Cache-Control: no-store",
    "Connection: close",
  ];
  // Closed at once, the connection would be reset below a caller who still sends; left open, it would be held for ever.
  refused.add(socket);
  const lingering = setTimeout(() => socket.destroy(), LINGER_MS).unref();
  socket.once("close", () => clearTimeout(lingering));
  socket.on("error", () => socket.destroy());
  socket.resume();
  socket.end(`${head.join("\r\n")}\r\n\r\n${body}`);
}

function judge({ code }: NodeJS.ErrnoException): [status: number, failure: FailureError] {
  switch (code) {
    case "HPE_HEADER_OVERFLOW":
      return [
        431,
        new FailureError("body-too-large", {
          detail: {
            en: "The address and the headers are too long: send the question by POST",
            ar: "العنوان والترويسات أطول من المسموح: أرسل السؤال بطريقة POST",
          },
        }),
      ];
    case "ERR_HTTP_REQUEST_TIMEOUT":
      return [
        408,
        new FailureError("invalid-input", {
          detail: { en: "The request did not come to its end in time", ar: "لم يكتمل الطلب في الوقت المتاح" },
        }),
      ];
    default:
      return [
        400,
        new FailureError("invalid-input", { detail: { en: "This is no HTTP request", ar: "هذا ليس طلب HTTP" } }),
      ];
  }
}
