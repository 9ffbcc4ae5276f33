import type { UpstreamBodyReader as BodyStream } from "./endpoint.ts";

/** So much of an error's body is read. */
const MAX_ERROR_BYTES = 64 * 1024;
/** What is sent after an end mark is thrown away; more reads than this are not spent on it. */
const MAX_LINGER_READS = 16;
/** How long the end of a body is awaited after the end mark, so that its connection can be used again. */
const LINGER_MS = 20;

/** How long more of a body is awaited once the model has finished, where nothing marks the end. */
const AFTER_FINISH_MS = 5000;

/** The next read of a body whose model has finished: what does not come soon counts as the end, since the answer is complete. */
export async function readAfterFinish(body: BodyStream): ReturnType<BodyStream["read"]> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<{ done: true }>((resolve) => {
    timer = setTimeout(() => resolve({ done: true }), AFTER_FINISH_MS);
  });
  try {
    return await Promise.race([body.read(), late]);
  } finally {
    clearTimeout(timer);
  }
}

/** The text of an error's body, or of as much of it as arrives. */
export async function readErrorBody(body: BodyStream): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  let left = MAX_ERROR_BYTES;
  try {
    while (left > 0) {
      const { done, value } = await body.read();
      if (done) break;
      text += decoder.decode(value.subarray(0, left), { stream: true });
      left -= value.byteLength;
    }
  } catch {
    // The status alone tells enough.
  }
  return text + decoder.decode();
}

/**
 * Lets go of a body. After an end mark its end is about to come, and reading it keeps the connection for the next call, where
 * cancelling would close it.
 */
export async function closeBody(body: BodyStream | undefined, isAtEnd: boolean): Promise<void> {
  if (body === undefined) return;
  if (isAtEnd) await linger(body);
  // Not awaited: an upstream that does not answer to it must hold up nobody.
  void body.cancel().catch(() => {});
}

async function linger(body: BodyStream): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<{ done: true }>((resolve) => {
    timer = setTimeout(() => resolve({ done: true }), LINGER_MS);
  });
  try {
    for (let reads = 0; reads < MAX_LINGER_READS; reads++) {
      if ((await Promise.race([body.read(), late])).done) return;
    }
  } catch {
    // The answer is complete: how its connection ends is nobody's concern.
  } finally {
    clearTimeout(timer);
  }
}
