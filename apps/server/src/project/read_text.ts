import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";

/** Largest part of a file that is read, in bytes. */
export const MAX_FILE_BYTES = 512 * 1024;

/** A file as it was met; reading makes sure that it is still the same one. */
export interface FileIdentity {
  dev: number;
  ino: number;
}

/** A text that was read. */
export interface ReadText {
  text: string;
  /** Whether the file goes on after it. */
  isCut: boolean;
}

/**
 * Reads the beginning of a text file: whole lines, up to {@linkcode MAX_FILE_BYTES}.
 *
 * Follows no link, also none that took the place of a folder above since the file was met; waits for no pipe.
 *
 * @returns `"binary"` for what is no text in UTF-8 or UTF-16, `undefined` for what can't be read or is another file now.
 */
export function readText(path: string, { dev, ino }: FileIdentity): ReadText | "binary" | undefined {
  let file: number;
  try {
    file = openSync(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0));
  } catch {
    return undefined;
  }
  try {
    const status = fstatSync(file);
    if (!status.isFile() || status.ino !== ino || status.dev !== dev) return undefined;
    const bytes = new Uint8Array(Math.min(status.size, MAX_FILE_BYTES));
    let length = 0;
    for (let read = -1; read !== 0 && length < bytes.length; length += read) {
      read = readSync(file, bytes, length, bytes.length - length, length);
    }
    return decode(bytes.subarray(0, length), status.size > length);
  } catch {
    return undefined;
  } finally {
    closeSync(file);
  }
}

function decode(bytes: Uint8Array, isCut: boolean): ReadText | "binary" {
  const encoding = encodingOf(bytes);
  if (encoding === undefined) return "binary";
  let text: string;
  try {
    text = new TextDecoder(encoding, { fatal: true }).decode(bytes, { stream: isCut });
  } catch {
    return "binary";
  }
  text = text.replace(/\r\n?/g, "\n");
  // Half a line may end in half a secret.
  return { text: isCut ? text.slice(0, text.lastIndexOf("\n") + 1) : text, isCut };
}

function encodingOf(bytes: Uint8Array): string | undefined {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return "utf-16le";
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return "utf-16be";
  return bytes.subarray(0, 8192).includes(0) ? undefined : "utf-8";
}
