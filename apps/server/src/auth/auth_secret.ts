import { randomBytes } from "node:crypto";
import { chmod, link, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** 32 random bytes in base64url. */
const SECRET_PATTERN = /^[\w-]{43}$/;

/**
 * The secret that signs session cookies: made at the first start, kept in the data directory, readable to its owner only.
 *
 * @throws {SyntaxError} If the file is there but holds something else.
 */
export async function readOrCreateAuthSecret(directory: string): Promise<string> {
  const path = join(directory, "auth_secret");
  const temporary = `${path}.${randomBytes(6).toString("hex")}`;
  const known = await readSecret(path);
  if (known !== undefined) return known;
  try {
    await writeFile(temporary, randomBytes(32).toString("base64url"), { mode: 0o600, flag: "wx" });
    // Linked whole under its name, or not at all: of two processes that start together one wins, and both read the same.
    await link(temporary, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  } finally {
    await rm(temporary, { force: true });
  }
  const made = await readSecret(path);
  if (made === undefined)
    throw new Error(`Cannot keep the secret of the sign-in as ${path} vanished while it was written`);
  return made;
}

/** The secret, where there is one already; nothing is made. */
export function readKnownAuthSecret(directory: string): Promise<string | undefined> {
  return readSecret(join(directory, "auth_secret"));
}

/** Where the secret stands that goes with a backup. */
export function authSecretBeside(file: string): string {
  return `${file}.auth_secret`;
}

/** Keeps the secret beside a backup, readable to its owner only. */
export async function writeAuthSecretBeside(file: string, secret: string): Promise<void> {
  await writeFile(authSecretBeside(file), secret, { mode: 0o600 });
}

/** The secret that stands beside a backup, if there is one. */
export function readAuthSecretBeside(file: string): Promise<string | undefined> {
  return readSecret(authSecretBeside(file));
}

/** Keeps a secret in the data directory, unless there is one. */
export async function keepAuthSecret(directory: string, secret: string): Promise<void> {
  try {
    await writeFile(join(directory, "auth_secret"), secret, { mode: 0o600, flag: "wx" });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
}

async function readSecret(path: string): Promise<string | undefined> {
  let text: string;
  try {
    text = (await readFile(path, "utf8")).trim();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw error;
  }
  if (!SECRET_PATTERN.test(text)) {
    throw new SyntaxError(
      `Cannot read the secret of the sign-in: ${path} must hold 43 characters of base64url. Remove the file to have a new one made; everybody must sign in again then`,
    );
  }
  // Copied or restored files often come with the permissions of the copier.
  await chmod(path, 0o600);
  return text;
}
