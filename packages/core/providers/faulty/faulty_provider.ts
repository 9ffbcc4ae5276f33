import { cancellable, whenAborted } from "../_cancellable.ts";
import { pause } from "../_pause.ts";
import type { Dialect, Provider, ProviderContext, ProviderPart, ProviderRequest } from "../provider.ts";
import { type Fault, type FaultInput, faultSchema } from "./fault.ts";
import { garbage, refusal } from "./refusal.ts";

/** Options for {@linkcode FaultyProvider}. */
export interface FaultyOptions {
  /** How a slow drip waits; the real clock by default. */
  pause?: ((waitMs: number, signal: AbortSignal) => Promise<void>) | undefined;
}

type Batches = AsyncGenerator<readonly ProviderPart[], void, undefined>;

/** A fault that comes in the middle of the text. */
type LateFault = Extract<Fault, { afterChars: number }>;

/**
 * A provider on which drills can be held: while a fault is armed its next calls suffer from it, all others pass as they are.
 *
 * A call takes its fault when it is made. The real upstream is let go of as soon as nothing more of it is passed on.
 */
export class FaultyProvider implements Provider {
  readonly #inner: Provider;
  readonly #pause: NonNullable<FaultyOptions["pause"]>;
  #armed: Fault | undefined;

  constructor(inner: Provider, options: FaultyOptions = {}) {
    this.#inner = inner;
    this.#pause = options.pause ?? pause;
  }

  get name(): string {
    return this.#inner.name;
  }

  get dialect(): Dialect {
    return this.#inner.dialect;
  }

  get isTrial(): boolean {
    return this.#inner.isTrial;
  }

  /** The armed fault with the number of calls that are left to it; `undefined` while none is armed. */
  get armed(): Fault | undefined {
    return this.#armed;
  }

  /**
   * Lets a fault strike the next calls, in the place of one that was armed before.
   *
   * @throws {ZodError} If it is no fault.
   */
  arm(fault: FaultInput): void {
    this.#armed = faultSchema.parse(fault);
  }

  /** Lets all further calls pass; those that a fault has struck are not mended. */
  disarm(): void {
    this.#armed = undefined;
  }

  acceptsPrefill(model: string): boolean {
    return this.#inner.acceptsPrefill?.(model) ?? false;
  }

  stream(request: ProviderRequest, context: ProviderContext): AsyncIterable<readonly ProviderPart[]> {
    const fault = this.#take();
    if (fault === undefined) return this.#inner.stream(request, context);
    return cancellable(context.signal, (signal) => this.#suffer(fault, request, { ...context, signal }));
  }

  #take(): Fault | undefined {
    const fault = this.#armed;
    if (fault !== undefined) this.#armed = fault.calls > 1 ? { ...fault, calls: fault.calls - 1 } : undefined;
    return fault;
  }

  async *#suffer(fault: Fault, request: ProviderRequest, context: ProviderContext): Batches {
    if (context.signal.aborted) return;
    switch (fault.fault) {
      case "rate-limit":
        throw refusal(429, fault.retryAfterMs);
      case "server-error":
        throw refusal(500);
      case "silence":
        await untilAborted(context.signal);
        return;
      case "slow-drip":
        yield* this.#drip(this.#inner.stream(request, context), fault.everyMs, context.signal);
        return;
      case "cut":
      case "stall":
      case "garbage":
        if (!(yield* passUntil(this.#inner.stream(request, context), fault))) return;
        if (fault.fault === "garbage") throw garbage();
        if (fault.fault === "stall") await untilAborted(context.signal);
        return;
      default:
        fault satisfies never;
    }
  }

  async *#drip(batches: AsyncIterable<readonly ProviderPart[]>, everyMs: number, signal: AbortSignal): Batches {
    for await (const batch of batches) {
      for (const part of batch) {
        if (part.type !== "text") {
          yield [part];
          continue;
        }
        for (const text of part.text) {
          await this.#pause(everyMs, signal);
          if (signal.aborted) return;
          yield [{ type: "text", text }];
        }
      }
    }
  }
}

/** Passes what comes until so much text has passed; returns whether that was reached. */
async function* passUntil(
  batches: AsyncIterable<readonly ProviderPart[]>,
  { afterChars }: LateFault,
): AsyncGenerator<readonly ProviderPart[], boolean, undefined> {
  let room = afterChars;
  for await (const batch of batches) {
    const passed: ProviderPart[] = [];
    for (const part of batch) {
      if (part.type !== "text") {
        passed.push(part);
        continue;
      }
      const text = beginningOf(part.text, room);
      room -= text.length;
      if (text !== "") passed.push({ type: "text", text });
      if (room > 0) continue;
      if (passed.length > 0) yield passed;
      return true;
    }
    if (passed.length > 0) yield passed;
  }
  return false;
}

/** At most so many UTF-16 code units, and one more where half a character would be left. */
function beginningOf(text: string, length: number): string {
  const last = length > 0 && length < text.length ? text.charCodeAt(length - 1) : 0;
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? length + 1 : length);
}

async function untilAborted(signal: AbortSignal): Promise<void> {
  const { aborted, release } = whenAborted(signal);
  await aborted;
  release();
}
