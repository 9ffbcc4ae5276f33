import type { ServerResponse } from "node:http";

/**
 * Sends every connection away once the server is about to stop: its client opens the next one, and finds whoever is there then,
 * where a request on the old connection would be cut off.
 */
export class Farewell {
  readonly #open = new Set<ServerResponse>();
  #hasBegun = false;

  /** To be told of every response before it begins. */
  note(response: ServerResponse): void {
    if (this.#hasBegun) {
      part(response);
      return;
    }
    this.#open.add(response);
    response.once("close", () => this.#open.delete(response));
  }

  begin(): void {
    this.#hasBegun = true;
    for (const response of this.#open) part(response);
    this.#open.clear();
  }
}

function part(response: ServerResponse): void {
  if (!response.headersSent) response.setHeader("connection", "close");
}
