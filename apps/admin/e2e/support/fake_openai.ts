import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** How the next answers are given. */
export interface Script {
  /** Sent one by one; together they are the text. Made of the contents of the request's messages where it is a function. */
  pieces: readonly string[] | ((contents: readonly string[]) => readonly string[]);
  /** Pause before each piece, in milliseconds. */
  paceMs?: number;
  /** After so many pieces nothing comes until `release()`. */
  holdAfter?: number;
  /** After so many pieces the connection breaks. */
  cutAfter?: number;
  reasoning?: string;
  /** Refuses with this status instead. */
  status?: number;
}

export const USAGE = { prompt_tokens: 21, completion_tokens: 84, total_tokens: 105 };

/** An upstream that speaks OpenAI's chat dialect, at the pace that a test wants. */
export class FakeOpenAi implements AsyncDisposable {
  readonly #server: Server;
  #script: Script = { pieces: ["Hello"] };
  #release: () => void = () => {};
  #released: Promise<void> = Promise.resolve();
  /** Questions that were asked, in order. */
  readonly questions: string[] = [];
  /** The messages of each request, and the model that was asked. */
  readonly requests: { model: string; contents: string[] }[] = [];

  private constructor() {
    this.#server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        const body = JSON.parse(Buffer.concat(chunks).toString()) as { messages: { content: string }[]; model: string };
        this.questions.push(body.messages.at(-1)?.content ?? "");
        const contents = body.messages.map(({ content }) => content);
        this.requests.push({ model: body.model, contents });
        void this.#answer(response, body.model, contents);
      });
    });
  }

  static async start(): Promise<FakeOpenAi> {
    const fake = new FakeOpenAi();
    await new Promise<void>((resolve) => fake.#server.listen(0, "127.0.0.1", resolve));
    return fake;
  }

  get baseUrl(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/v1`;
  }

  /** Sets how answers are given from now on. */
  play(script: Script): void {
    this.#script = script;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#released = promise;
    this.#release = resolve;
  }

  /** Lets an answer that is held go on. */
  release(): void {
    this.#release();
  }

  async #answer(response: ServerResponse, model: string, contents: readonly string[]): Promise<void> {
    const { pieces, paceMs = 0, holdAfter, cutAfter, reasoning, status } = this.#script;
    const released = this.#released;
    if (status !== undefined) {
      response.writeHead(status, { "content-type": "application/json" });
      response.end(JSON.stringify({ error: { message: "Refused by the test", code: status } }));
      return;
    }
    response.writeHead(200, { "content-type": "text/event-stream" });
    const send = (value: unknown) => response.write(`data: ${JSON.stringify(value)}\n\n`);
    const chunk = (delta: unknown, finish: string | null = null) =>
      send({ id: "1", object: "chat.completion.chunk", model, choices: [{ index: 0, delta, finish_reason: finish }] });
    if (reasoning) chunk({ reasoning_content: reasoning });
    for (const [index, content] of (typeof pieces === "function" ? pieces(contents) : pieces).entries()) {
      if (index === holdAfter) await released;
      if (paceMs > 0) await new Promise((resolve) => setTimeout(resolve, paceMs));
      if (index === cutAfter) {
        response.destroy();
        return;
      }
      if (response.destroyed) return;
      chunk({ content });
    }
    chunk({}, "stop");
    send({ id: "1", object: "chat.completion.chunk", model, choices: [], usage: USAGE });
    response.end("data: [DONE]\n\n");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#release();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

/** A configuration whose default route asks these providers in order, each with one model. */
export function configOf(providers: Record<string, string>, change: Record<string, unknown> = {}): unknown {
  return {
    providers: Object.fromEntries(
      Object.entries(providers).map(([name, baseUrl]) => [name, { dialect: "openai-chat", baseUrl }]),
    ),
    routes: {
      default: {
        targets: Object.keys(providers).map((provider) => ({ provider, model: "test-model" })),
        maxRetries: 0,
        ...change,
      },
    },
  };
}

/** Parts a text into small pieces that together are the text, at any place but inside a surrogate pair. */
export function piecesOf(text: string, size = 4): string[] {
  const characters = [...text];
  return Array.from({ length: Math.ceil(characters.length / size) }, (_, index) =>
    characters.slice(index * size, (index + 1) * size).join(""),
  );
}
