import type { Socket } from "node:net";
import { HttpReader } from "../wire/http_reader.ts";
import { clientPongFrame, clientTextFrame, upgradeRequest, WebSocketReader } from "../wire/web_socket_frames.ts";
import type { AnswerSink, Talk } from "./talk.ts";
import { TextScanner } from "./text_scanner.ts";

/** What is asked of a tRPC server over its WebSocket. */
export interface SocketDoor {
  headers: string;
  /** The mutation that begins an answer; absent where the subscription does. */
  start?(): { path: string; input: object };
  /** The subscription that brings it, from the mutation's reply. */
  watch(reply: string): { path: string; input: object };
  endMark: string;
}

const KEY = '"text":"';

/** Asks tRPC over one WebSocket: the answer begins with a mutation and is watched by a subscription. */
export class WebSocketTalk implements Talk {
  readonly #socket: Socket;
  readonly #door: SocketDoor;
  readonly #frames: WebSocketReader;
  readonly #http: HttpReader;
  #isOpen = false;
  #id = 0;
  #isWatching = false;
  #sink: AnswerSink | undefined;
  #scanner: TextScanner | undefined;

  constructor(socket: Socket, door: SocketDoor) {
    this.#socket = socket;
    this.#door = door;
    this.#frames = new WebSocketReader({
      text: (message) => this.#message(message),
      ping: (payload) => socket.write(clientPongFrame(payload)),
      close: () => socket.destroy(),
    });
    this.#http = new HttpReader({
      head: (text) => this.#opened(text),
      body: (piece) => this.#frames.push(piece),
      end: () => {},
    });
    socket.write(upgradeRequest("/trpc", door.headers), "latin1");
  }

  ask(sink: AnswerSink): void {
    this.#sink = sink;
    this.#scanner = new TextScanner(KEY, this.#door.endMark, (text) => sink.text(text));
    if (this.#isOpen) this.#begin();
  }

  data(bytes: Buffer): void {
    this.#http.push(bytes);
  }

  #opened(head: string): void {
    if (!head.startsWith("HTTP/1.1 101 ")) {
      this.#sink?.done(`status ${head.slice(9, 12)}`);
      return;
    }
    this.#isOpen = true;
    if (this.#sink !== undefined) this.#begin();
  }

  #begin(): void {
    const mutation = this.#door.start?.();
    this.#isWatching = mutation === undefined;
    if (mutation === undefined) this.#send("subscription", this.#door.watch(""));
    else this.#send("mutation", mutation);
  }

  #send(method: string, params: { path: string; input: object }): void {
    this.#socket.write(clientTextFrame(JSON.stringify({ id: ++this.#id, method, params })));
  }

  #message(text: string): void {
    if (text === "PING") {
      this.#socket.write(clientTextFrame("PONG"));
      return;
    }
    if (text.includes('"error":{')) {
      this.#sink?.done(`refused ${/"code":"([a-z-]+)"/.exec(text)?.[1] ?? ""}`.trimEnd());
      return;
    }
    if (!this.#isWatching) {
      this.#isWatching = true;
      this.#send("subscription", this.#door.watch(text));
      return;
    }
    this.#scanner?.push(`${text}\n`);
    if (text.includes('"type":"stopped"')) this.#sink?.done(this.#scanner?.isEnded ? undefined : "no end");
  }
}
