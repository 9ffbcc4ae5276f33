import type { FailureInfo } from "@cogniforge/core/events";

/** A refusal or a breakdown, told in English and Arabic with its remedy. */
export class FailureError extends Error {
  override readonly name: string = "FailureError";
  /** What happened and what to do, in both languages. */
  readonly info: FailureInfo;
  /** HTTP status that came with it, where there was one. */
  readonly status: number | undefined;

  constructor(info: FailureInfo, options: { status?: number | undefined; cause?: unknown } = {}) {
    super(info.message.en, options.cause === undefined ? undefined : { cause: options.cause });
    this.info = info;
    this.status = options.status;
  }

  /** One of PROTOCOL.md's codes, or `unreachable` or `disagreement`, which only a client can find. */
  get code(): string {
    return this.info.code;
  }

  /** What to do about it, in both languages. */
  get remedy(): FailureInfo["remedy"] {
    return this.info.remedy;
  }
}

/** No transport reached the server, plain HTTP neither; `code` is `unreachable`. */
export class ConnectionError extends FailureError {
  override readonly name = "ConnectionError";

  constructor(options: { status?: number | undefined; cause?: unknown } = {}) {
    super(
      {
        code: "unreachable",
        message: { en: "Could not connect to the streaming service", ar: "تعذّر الاتصال بخدمة البث" },
        remedy: {
          en: "Check your network and that the server is running, then try again; an answer that has begun is not lost",
          ar: "تحقّق من اتصالك بالشبكة ومن أن الخادم يعمل، ثم أعد المحاولة؛ فالإجابة التي بدأت لا تضيع",
        },
      },
      options,
    );
  }
}

/** What came disagrees with the answer's own length, hash or offsets, also when fetched anew; `code` is `disagreement`. */
export class DisagreementError extends FailureError {
  override readonly name = "DisagreementError";

  constructor(detail: string, options: { cause?: unknown } = {}) {
    super(
      {
        code: "disagreement",
        message: {
          en: `The text that arrived is not the answer's text: ${detail}`,
          ar: "النص الذي وصل لا يطابق نص الإجابة",
        },
        remedy: { en: "Open the answer again", ar: "افتح الإجابة من جديد" },
      },
      options,
    );
  }
}

/** tRPC's error on the wire, as far as we read it. */
interface ErrorShape {
  data?: { failure?: FailureInfo; httpStatus?: number } | null;
}

/** The server's own word on an error of tRPC's shape; `undefined` where it is none of ours. */
export function failureOfShape(shape: unknown, status?: number, cause?: unknown): FailureError | undefined {
  const data = (shape as ErrorShape | null | undefined)?.data;
  if (typeof data?.failure?.code !== "string") return undefined;
  return new FailureError(data.failure, { status: data.httpStatus ?? status, cause });
}

/** Whether the same request may succeed by itself a little later: the server restarts, drains or is overrun. */
export function isTransient(error: unknown): boolean {
  if (!(error instanceof FailureError)) return true;
  if (error instanceof ConnectionError) return true;
  const { status } = error;
  return status !== undefined && (status >= 500 || status === 429 || status === 408);
}
