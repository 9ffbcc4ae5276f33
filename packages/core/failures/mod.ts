export type { FailureCode } from "./codes.ts";
export { FAILURE_CODES } from "./codes.ts";
export type { FailureAction, UpstreamFailure } from "./upstream_failure.ts";
export { UpstreamError } from "./upstream_failure.ts";
