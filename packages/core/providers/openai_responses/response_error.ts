import { classifyErrorObject, type ErrorObjectContext, type UpstreamFailure } from "../../failures/mod.ts";
import { asObject, asText, type JsonObject } from "../_json.ts";

/** Codes of this dialect alone: what is wrong with the pictures of a question. */
const BAD_INPUT = /^(invalid_(image|base64)|(image|empty_image|unsupported_image)_|failed_to_download_image)/;
const POLICY = /_policy(_violation)?$/;

/** Judges an `error` event, flat or nested, or the `error` of a response that has failed. */
export function judgeResponseError(error: unknown, context: ErrorObjectContext): UpstreamFailure {
  const failure = classifyErrorObject(error, context);
  if (failure.code !== "server-error") return failure;
  const code = codeOf(asObject(error)) ?? "";
  if (POLICY.test(code)) return { ...failure, code: "content-filter", action: "tell" };
  if (BAD_INPUT.test(code)) return { ...failure, code: "invalid-request", action: "tell" };
  return failure;
}

function codeOf(error: JsonObject | undefined): string | undefined {
  return asText(error?.code) ?? asText(asObject(error?.error)?.code);
}
