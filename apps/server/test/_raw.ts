import type { Socket } from "node:net";
import { connect } from "node:net";

/** A bare connection to a server, and all that came back on it so far. */
export interface RawConnection extends Disposable {
  socket: Socket;
  said(): string;
  /** Resolves to all that came back, once the server has closed. */
  closed: Promise<string>;
}

/** Opens a connection and writes bytes as they are. */
export function openRaw(url: string, bytes: string | Buffer = "", localAddress?: string): RawConnection {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port), ...(localAddress && { localAddress }) });
  socket.setEncoding("utf8");
  let said = "";
  socket.on("data", (data) => {
    said += data;
  });
  // A server that closes while it is written to resets the connection.
  socket.on("error", () => {});
  if (bytes.length > 0) socket.write(bytes);
  return {
    socket,
    said: () => said,
    closed: new Promise((resolve) => socket.once("close", () => resolve(said))),
    [Symbol.dispose]: () => void socket.destroy(),
  };
}

/** Writes bytes and gives all that came back, once the server has closed. */
export async function exchange(url: string, bytes: string | Buffer): Promise<string> {
  using connection = openRaw(url, bytes);
  return await connection.closed;
}

/** The status and the failure of a raw reply, which must be told in both languages. */
export function refusalIn(reply: string): { status: number; code: string } {
  const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(reply)?.[1]);
  const [head = "", body = ""] = reply.split("\r\n\r\n", 2);
  const { failure } = JSON.parse(/transfer-encoding: chunked/i.test(head) ? (body.split("\r\n")[1] ?? "") : body);
  if (!/[\u0600-\u06ff]{3}/.test(failure.message.ar) || !/[\u0600-\u06ff]{3}/.test(failure.remedy.ar)) {
    throw new Error(`The refusal has no Arabic: ${body}`);
  }
  return { status, code: failure.code };
}
