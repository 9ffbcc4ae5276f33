import type { EventEmitter } from "node:events";
import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";

/**
 * Writes one piece of a response's body, its head being written.
 *
 * `ServerResponse.write` hands a chunk to the connection as four pieces (length, line, text, line), which the system takes as a
 * vector; a chunk that is put together first is one string and one plain write (RFC 9112, section 7.1). Where anything stands between
 * the response and its connection, it is asked as usual.
 *
 * @returns Whose `drain` to wait for, when the reader does not keep up.
 */
export function writePiece(response: ServerResponse, text: string): EventEmitter | undefined {
  const socket = directSocket(response);
  if (socket === undefined) return response.write(text) ? undefined : response;
  if (text === "") return undefined;
  return socket.write(chunkOf(text)) ? undefined : socket;
}

/** Writes the last piece, which may be empty, and the end of the body with it. */
export function endPiece(response: ServerResponse, text: string): void {
  const socket = directSocket(response);
  if (socket === undefined) {
    response.end(text);
    return;
  }
  socket.write(`${text === "" ? "" : chunkOf(text)}0\r\n\r\n`);
  // The end has been written: nothing of its own is left for the response to write.
  response.chunkedEncoding = false;
  response.end();
}

/** The connection, where nothing stands between it and the response, and the body is in chunks. */
function directSocket(response: ServerResponse): Socket | undefined {
  const { socket, chunkedEncoding, headersSent, writableEnded } = response;
  if (socket === null || !chunkedEncoding || !headersSent || writableEnded) return undefined;
  return response.writableLength === socket.writableLength ? socket : undefined;
}

const chunkOf = (text: string) => `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;
