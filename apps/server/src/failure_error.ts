import type { FailureInfo } from "@cogniforge/core/events";
import type { FailureCode } from "@cogniforge/core/failures";
import { failureInfo } from "@cogniforge/core/failures";

type FailureOptions = Parameters<typeof failureInfo>[1];

/** A refusal or a breakdown that a door answers with, in its own shape and with the code's HTTP status. */
export class FailureError extends Error {
  override readonly name = "FailureError";
  readonly code: FailureCode;
  readonly info: FailureInfo;

  constructor(code: FailureCode, options?: FailureOptions & { cause?: unknown }) {
    const info = failureInfo(code, options);
    super(info.message.en, options?.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.info = info;
  }
}
