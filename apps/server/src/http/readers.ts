import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";

/** Who still waits for a reply on a connection. */
export class Readers {
  readonly #waiting = new WeakMap<Socket, number>();

  note(socket: Socket, response: ServerResponse): void {
    this.#add(socket, 1);
    response.once("close", () => this.#add(socket, -1));
  }

  /**
   * Lets go of a connection on which nothing has moved for the time allowed, unless it waits for words that are still to come.
   *
   * A reader who takes nothing keeps its connection, and what was written for it, in the memory of this machine; it can come back
   * with its cursor.
   */
  leaveDeaf(socket: Socket): void {
    const isWaiting = (this.#waiting.get(socket) ?? 0) > 0;
    if (!isWaiting || socket.writableLength > 0) socket.destroy();
  }

  #add(socket: Socket, count: number): void {
    this.#waiting.set(socket, (this.#waiting.get(socket) ?? 0) + count);
  }
}
