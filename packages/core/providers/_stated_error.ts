import { asArray, asObject, type JsonObject } from "./_json.ts";

/** Whether a field that is named `error` names one: servers write null, false, an empty text or an empty object where all is well. */
export function isErrorSet(error: unknown): boolean {
  if (typeof error !== "object" || error === null)
    return error !== undefined && error !== null && error !== false && error !== "";
  if (Array.isArray(error)) return error.length > 0;
  return Object.values(error).some((value) => Boolean(value) && (typeof value !== "object" || isErrorSet(value)));
}

/** Whether a body or an event is an error by the marks that vendors set beside an answer's own fields. */
export function hasErrorMark(body: JsonObject): boolean {
  if (body.object === "error" || body.type === "error") return true;
  // MiniMax answers everything with 200 and says here how it went.
  const { status_code: status } = asObject(body.base_resp) ?? {};
  return typeof status === "number" && status !== 0;
}

/** Whether a body that is no answer is the flat shape of an error: `{message, code}`, `{detail}`, `{error_msg}`, `{errors}`, … */
export function isFlatError(body: JsonObject): boolean {
  const says = body.message ?? body.detail ?? body.error_msg ?? body.errorMessage ?? body.msg;
  const isSaid = typeof says === "string" || Array.isArray(says) || asObject(says) !== undefined;
  return isSaid || asArray(body.errors).length > 0 || body.success === false;
}
