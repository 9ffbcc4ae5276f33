import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";

/** Who still waits for a reply on a connection. */
export class Readers {
  readonly #waiting = new WeakMap<Socket, number>();
  readonly #answered = new WeakSet<Duplex>();

  note(request: IncomingMessage, response: ServerResponse): void {
    const { socket } = request;
    this.#add(socket, 1);
    response.once("close", () => this.#add(socket, -1));
    response.once("finish", () => {
      if (request.complete) return;
      this.#answered.add(socket);
      request.once("end", () => this.#answered.delete(socket));
    });
  }

  /** Whether the request that is still arriving has had its reply: another one would be taken for that of the next request. */
  hasAnswered(socket: Duplex): boolean {
    return this.#answered.has(socket);
  }

  /**
   * Lets go of a connection on which nothing has moved for the time allowed, unless it waits for words that are still to come.
   *
   * A reader who takes nothing keeps its connection, and what was written for it, in the memory of this machine; it can come back
   * with its cursor.
   */
  leaveDeaf(socket: Socket): void {
    const waiting = this.#waiting.get(socket);
    // Whoever has not asked yet is answered by the limit for the head of a request, in words.
    if (waiting === undefined) return;
    if (waiting === 0 || socket.writableLength > 0) socket.destroy();
  }

  #add(socket: Socket, count: number): void {
    this.#waiting.set(socket, (this.#waiting.get(socket) ?? 0) + count);
  }
}
