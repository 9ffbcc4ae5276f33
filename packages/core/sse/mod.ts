export type { DecodeSseOptions, SseItem } from "./decode.ts";
export { decodeSse, MAX_SSE_EVENT_CHARS, SseDecoder, SseTooLargeError } from "./decode.ts";
export type { SseFrame } from "./encode.ts";
export { encodeSse } from "./encode.ts";
