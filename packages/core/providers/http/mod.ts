export type { AnswerReader } from "./answer_reader.ts";
export { AnswerSize } from "./answer_size.ts";
export type { BodyFraming, BodyReaderOptions } from "./body_reader.ts";
export { BodyReader } from "./body_reader.ts";
export type {
  HttpProviderOptions,
  ProviderFetch,
  ProviderFetchInit,
  UpstreamBodyReader,
  UpstreamBodyStream,
  UpstreamResponse,
} from "./endpoint.ts";
export { endpointOf, headersOf } from "./endpoint.ts";
export type { ErrorContext, UpstreamQuestion } from "./http_upstream.ts";
export { bearerOf, HttpUpstream } from "./http_upstream.ts";
export { unsupported } from "./unsupported.ts";
