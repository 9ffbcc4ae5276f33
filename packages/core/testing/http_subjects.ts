import type { ConformanceSubject, ConformanceSubjects } from "../providers/conformance.ts";
import type { Provider } from "../providers/mod.ts";
import { startUpstream } from "./upstream.ts";

/** How an upstream of a dialect says what the conformance suite wants to hear. */
export interface DialectFrames {
  /** The provider under test, at an address without a slash at its end. */
  makeProvider: (url: string) => Provider;
  /** One piece of text, framed. */
  say: (piece: string) => string;
  /** That the model has finished, and the end of the stream. */
  finish: string;
  /** That the upstream has failed, inside the stream. */
  fail: string;
  /** What the stream's `content-type` says; that of event streams by default. */
  contentType?: string;
}

/** The subjects of a dialect over HTTP: real servers that write the frames, then end or keep the connection open. */
export function httpSubjects(frames: DialectFrames): ConformanceSubjects {
  const { makeProvider, say, finish, fail, contentType = "text/event-stream" } = frames;
  const subject = async (written: readonly string[], isOpen: boolean): Promise<ConformanceSubject> => {
    const upstream = await startUpstream(({ response }) => {
      response.writeHead(200, { "content-type": contentType });
      for (const frame of written) response.write(frame);
      if (!isOpen) response.end();
    });
    return {
      provider: makeProvider(upstream.url),
      isReleased: () => upstream.openResponses() === 0,
      close: () => upstream.close(),
    };
  };
  return {
    answer: (pieces) => subject([...pieces.map(say), finish], false),
    hang: (pieces) => subject(pieces.map(say), true),
    silence: async () => {
      const upstream = await startUpstream(() => {});
      return { provider: makeProvider(upstream.url), close: () => upstream.close() };
    },
    fail: (pieces) => subject([...pieces.map(say), fail], false),
  };
}
