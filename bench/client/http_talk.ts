import type { Socket } from "node:net";
import { HttpReader } from "../wire/http_reader.ts";
import type { AnswerSink, Talk } from "./talk.ts";
import { TextScanner } from "./text_scanner.ts";

/** How a door over HTTP is asked and understood. */
export interface HttpDoor {
  /** The request that begins an answer. */
  first(): string;
  /** What is asked next, from the first reply; absent where the first reply is the answer. */
  second?(reply: string): string;
  /** What stands before each piece of text, and what marks an answer as whole. */
  key: string;
  endMark: string;
}

/** Asks over HTTP/1.1 on a kept-alive connection. */
export class HttpTalk implements Talk {
  readonly #socket: Socket;
  readonly #door: HttpDoor;
  readonly #reader: HttpReader;
  #sink: AnswerSink | undefined;
  #scanner: TextScanner | undefined;
  /** The first reply, while a second request is to be made of it. */
  #reply: string | undefined;
  #status = 0;
  #refusal = "";

  constructor(socket: Socket, door: HttpDoor) {
    this.#socket = socket;
    this.#door = door;
    this.#reader = new HttpReader({
      head: (text) => {
        this.#status = Number(text.slice(9, 12));
      },
      body: (piece) => this.#body(piece.toString("latin1")),
      end: () => this.#end(),
    });
  }

  ask(sink: AnswerSink): void {
    this.#sink = sink;
    this.#scanner = new TextScanner(this.#door.key, this.#door.endMark, (text) => sink.text(text));
    this.#reply = this.#door.second === undefined ? undefined : "";
    this.#socket.write(this.#door.first(), "latin1");
  }

  data(bytes: Buffer): void {
    this.#reader.push(bytes);
  }

  #body(text: string): void {
    if (this.#status !== 200) this.#refusal += text;
    else if (this.#reply === undefined) this.#scanner?.push(text);
    else this.#reply += text;
  }

  #end(): void {
    if (this.#status !== 200) {
      const code = /"code":"([a-z-]+)"/.exec(this.#refusal)?.[1] ?? "";
      this.#refusal = "";
      this.#sink?.done(`status ${this.#status} ${code}`.trimEnd());
      return;
    }
    if (this.#reply !== undefined && this.#door.second !== undefined) {
      const next = this.#door.second(this.#reply);
      this.#reply = undefined;
      this.#socket.write(next, "latin1");
      return;
    }
    // A whole answer in one piece of JSON has no line end.
    this.#scanner?.push("\n");
    this.#sink?.done(this.#scanner?.isEnded ? undefined : "no end");
  }
}

/** The text of a request. */
export function requestText(method: string, path: string, headers: string, body?: object): string {
  const head = `${method} ${path} HTTP/1.1\r\nHost: bench\r\n${headers}`;
  if (body === undefined) return `${head}\r\n`;
  const json = JSON.stringify(body);
  return `${head}Content-Type: application/json\r\nContent-Length: ${json.length}\r\n\r\n${json}`;
}
