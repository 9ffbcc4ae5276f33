import {
  classifyErrorObject,
  classifyResponse,
  classifyTransportError,
  type FailureAction,
  type FailureCode,
  type TransportStage,
  UpstreamError,
  type UpstreamFailure,
} from "../../failures/mod.ts";
import { asObject, asText, type JsonObject } from "../_json.ts";

/** Where and when an error was met. */
export interface SdkErrorContext {
  stage: TransportStage;
  /** Epoch milliseconds. */
  now: number;
}

/** Errors of the SDK that say by their kind alone what happened. */
const BY_KIND: readonly [kind: string, code: FailureCode, action: FailureAction][] = [
  ["LoadAPIKeyError", "provider-auth", "fallback"],
  ["LoadSettingError", "provider-auth", "fallback"],
  ["NoSuchModelError", "model-not-found", "fallback"],
  // What one package cannot do or refuses to send, another may take.
  ["UnsupportedFunctionalityError", "unsupported-feature", "fallback"],
  ["InvalidPromptError", "invalid-request", "fallback"],
  ["InvalidArgumentError", "invalid-request", "fallback"],
  ["EmptyResponseBodyError", "cut", "retry"],
  ["NoContentGeneratedError", "empty-answer", "retry"],
  ["JSONParseError", "malformed", "fallback"],
  ["TypeValidationError", "malformed", "fallback"],
  ["InvalidResponseDataError", "malformed", "fallback"],
];

/** Judges what a model of the SDK has thrown, or has said in an `error` part. */
export function classifySdkError(error: unknown, context: SdkErrorContext): UpstreamFailure {
  if (error instanceof UpstreamError) return error.failure;
  if (isSdkError(error, "APICallError")) return judgeCall(error, context);
  const stated = statedError(error);
  if (stated !== undefined) return classifyErrorObject(stated, { now: context.now });
  const known = BY_KIND.find(([kind]) => isSdkError(error, kind));
  if (known !== undefined) {
    const [, code, action] = known;
    return { code, action, detail: `the AI SDK reports '${known[0]}'` };
  }
  if (!(error instanceof Error) && (typeof error === "string" || asObject(error) !== undefined)) {
    return judgeStated(error, context);
  }
  return classifyTransportError(error, { stage: context.stage });
}

/** Whether one event of a stream could not be read, which is no failure yet. */
export function isUnreadableEvent(error: unknown): boolean {
  const isUnread = isSdkError(error, "JSONParseError") || isSdkError(error, "TypeValidationError");
  return isUnread && statedError(error) === undefined;
}

/** Whether a package reports as an error what is a cut: a stream that ended without the model's word. */
export function isCutReport(error: unknown): boolean {
  return isSdkError(error, "InvalidResponseDataError") && /without a finish reason/i.test(asText(error.message) ?? "");
}

/** A call that was answered with a failure, or not answered at all. */
function judgeCall(error: JsonObject, context: SdkErrorContext): UpstreamFailure {
  const { now, stage } = context;
  const status = typeof error.statusCode === "number" ? error.statusCode : undefined;
  const body = asText(error.responseBody) ?? "";
  if (status !== undefined && (status >= 300 || body !== "")) {
    return classifyResponse({
      status,
      headers: toHeaders(error.responseHeaders),
      body: body || String(error.message),
      now,
    });
  }
  if (error.cause !== undefined && error.cause !== null) {
    return classifySdkError(error.cause, { now, stage: status === undefined ? stage : "body" });
  }
  if (error.data !== undefined) return judgeStated(error.data, context);
  return classifyTransportError(error, { stage });
}

/** An error in the upstream's own words; packages put the status beside them under the SDK's name. */
function judgeStated(error: unknown, { now }: SdkErrorContext): UpstreamFailure {
  const { statusCode, isRetryable } = asObject(error) ?? {};
  const words = typeof isRetryable === "boolean" ? { ...asObject(error), retryable: isRetryable } : error;
  return classifyErrorObject({ error: words }, { now, ...(typeof statusCode === "number" && { status: statusCode }) });
}

/** The error that stands in an event which a package could not read, since it knows another shape of errors. */
function statedError(error: unknown): JsonObject | undefined {
  if (!isSdkError(error, "TypeValidationError")) return undefined;
  const value = asObject(error.value);
  const isError = value !== undefined && value.error !== undefined && value.error !== null;
  return isError || value?.type === "error" || value?.object === "error" ? value : undefined;
}

/** The SDK marks its errors with registered symbols, which hold across its versions and copies, as its own `isInstance` does. */
function isSdkError(error: unknown, kind: string): error is JsonObject {
  return typeof error === "object" && error !== null && Symbol.for(`vercel.ai.error.AI_${kind}`) in error;
}

function toHeaders(value: unknown): Headers {
  const headers = new Headers();
  for (const [field, text] of Object.entries(asObject(value) ?? {})) {
    try {
      if (typeof text === "string") headers.set(field, text);
    } catch {
      // A header that cannot be repeated tells nothing of the failure.
    }
  }
  return headers;
}
