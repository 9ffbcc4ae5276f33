import { FailureError } from "../failure_error.ts";

export const MIN_PASSWORD_LENGTH = 8;
/** What the hash takes; longer text would only cost time. */
export const MAX_PASSWORD_LENGTH = 128;

/** What is guessed first. */
const COMMON = new Set(
  "password passw0rd password1 12345678 123456789 1234567890 87654321 qwertyui qwertyuiop administrator iloveyou letmein1 changeme cogniforge".split(
    " ",
  ),
);

/**
 * Refuses a password that is guessed at once.
 *
 * @throws {FailureError} `invalid-input` with `param: "password"`.
 */
export function checkPassword(password: string, email: string): void {
  const problem = problemOf(password, email.toLowerCase());
  if (problem !== undefined) throw new FailureError("invalid-input", { param: "password", detail: problem });
}

function problemOf(password: string, email: string): string | undefined {
  const length = [...password].length;
  if (length < MIN_PASSWORD_LENGTH) {
    return `The password is weak: at least ${MIN_PASSWORD_LENGTH} characters are needed, it has ${length}`;
  }
  if (password.length > MAX_PASSWORD_LENGTH) {
    return `The password is too long: at most ${MAX_PASSWORD_LENGTH} characters are allowed, it has ${password.length}`;
  }
  const plain = password.toLowerCase();
  if (COMMON.has(plain)) return "The password is weak: it is one of those that are guessed first";
  if (new Set(plain).size < 3) return "The password is weak: it repeats the same characters";
  if (plain === email || plain === email.split("@")[0]) return "The password is weak: it repeats the e-mail address";
  return undefined;
}
