import { maskSecrets } from "./project/mask_secrets.ts";

/** What a log line says of an error. */
interface LoggedError {
  type: string;
  message: string;
  code?: string | number;
  stack?: string;
  cause?: LoggedError;
}

/** Causes of causes that are told. */
const DEEPEST = 5;

/** Longest message; a text that a library quotes in its own is cut with it. */
const LONGEST_MESSAGE = 1_000;

/**
 * An error as a log may hold it: its type, message, code, place and causes, without what looks like a key. Its other fields
 * are left out, since libraries put into them what they were called with.
 */
export function loggedError(error: unknown, depth = 0): LoggedError {
  if (!(error instanceof Error)) return { type: typeof error, message: mask(String(error)) };
  const code = "code" in error ? error.code : undefined;
  const places = error.stack?.split("\n").filter((line) => /^\s+at /.test(line));
  return {
    type: error.name,
    message: messageOf(error),
    ...((typeof code === "string" || typeof code === "number") && { code }),
    ...(places !== undefined && places.length > 0 && { stack: places.join("\n") }),
    ...(error.cause !== undefined && depth < DEEPEST && { cause: loggedError(error.cause, depth + 1) }),
  };
}

function messageOf(error: Error): string {
  // V8 quotes the text that it could not parse.
  if (error instanceof SyntaxError) return mask(error.message.replace(/"[\s\S]*"/g, '"…"'));
  return mask(error.message);
}

function mask(text: string): string {
  const masked = maskSecrets(text);
  return masked.length <= LONGEST_MESSAGE ? masked : `${masked.slice(0, LONGEST_MESSAGE)}…`;
}
