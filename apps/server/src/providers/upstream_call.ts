import type { UpstreamResponse } from "@cogniforge/core/providers";
import type { Dispatcher } from "undici";
import { decoderFor } from "./content_decoder.ts";
import { UpstreamBody } from "./upstream_body.ts";

type Controller = Dispatcher.DispatchController;
type RawHeaders = Readonly<Record<string, string | string[] | undefined>>;

/** One call on undici's wire: resolves with the head of the answer, whose body follows. */
export class UpstreamCall implements Dispatcher.DispatchHandler {
  readonly response: Promise<UpstreamResponse>;
  #resolve!: (response: UpstreamResponse) => void;
  #reject!: (reason: unknown) => void;
  readonly #signal: AbortSignal | undefined;
  #controller: Controller | undefined;
  #body: UpstreamBody | undefined;
  readonly #onAbort = () => this.#abort();

  /** @param signal Ends the call at any time: before it has a connection, before the head, or in the body. */
  constructor(signal: AbortSignal | undefined) {
    this.#signal = signal;
    this.response = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    if (signal?.aborted) this.#abort();
    else signal?.addEventListener("abort", this.#onAbort, { once: true });
  }

  onRequestStart(controller: Controller): void {
    this.#controller = controller;
    // It waited for a connection, and nobody waits for it any more.
    if (this.#signal?.aborted) this.#abort();
  }

  onResponseStart(controller: Controller, status: number, headers: RawHeaders): void {
    // "100 Continue" and "103 Early Hints" come before the answer.
    if (status < 200) return;
    const body = new UpstreamBody(controller, decoderFor(headers["content-encoding"]));
    this.#body = body;
    this.#resolve(new Head(status, headers, body));
  }

  onResponseData(_controller: Controller, bytes: Buffer): void {
    this.#body?.received(bytes);
  }

  onResponseEnd(): void {
    this.#release();
    this.#body?.completed();
  }

  onResponseError(_controller: Controller, error: Error): void {
    this.#release();
    this.#reject(error);
    this.#body?.failed(error);
  }

  #abort(): void {
    const reason = reasonOf(this.#signal);
    this.#reject(reason);
    this.#controller?.abort(reason);
  }

  #release(): void {
    this.#signal?.removeEventListener("abort", this.#onAbort);
  }
}

/** The head of an answer; the web's `Headers` are made when somebody asks for them, which nobody does of a good answer. */
class Head implements UpstreamResponse {
  readonly type = "default";
  readonly status: number;
  readonly body: UpstreamBody;
  readonly #raw: RawHeaders;
  #headers: Headers | undefined;

  constructor(status: number, raw: RawHeaders, body: UpstreamBody) {
    this.status = status;
    this.#raw = raw;
    this.body = body;
  }

  get ok(): boolean {
    return this.status >= 200 && this.status < 300;
  }

  get headers(): Headers {
    this.#headers ??= webHeaders(this.#raw);
    return this.#headers;
  }
}

function webHeaders(raw: RawHeaders): Headers {
  const headers = new Headers();
  for (const [name, values] of Object.entries(raw)) {
    for (const value of [values ?? []].flat()) headers.append(name, value);
  }
  return headers;
}

function reasonOf(signal: AbortSignal | undefined): Error {
  const reason: unknown = signal?.reason;
  return reason instanceof Error ? reason : new DOMException("The call was aborted", "AbortError");
}
