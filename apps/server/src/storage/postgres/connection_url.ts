import { StorageOpenError } from "../storage_open_error.ts";

/** Where a database is, without what nobody may read. */
export interface ConnectionTarget {
  /** As it was given, with the password. */
  url: string;
  /** Safe to be shown: host, port, database and user. */
  shown: string;
  /** Takes the password out of a text of others. */
  mask(text: string): string;
}

/**
 * Reads the address of a PostgreSQL database: `postgres://USER:PASSWORD@HOST:PORT/DATABASE`.
 *
 * @throws {StorageOpenError} If it is none; the message has nothing of it, as anything in it may be the password.
 */
export function readConnectionUrl(url: string): ConnectionTarget {
  // Not `new URL()` with a catch: the error that it throws carries the text, and with it the password.
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed === undefined || !/^postgres(ql)?:$/.test(parsed.protocol) || !/^\/[^/]+$/.test(parsed.pathname)) {
    throw new StorageOpenError("unreachable", {
      en: "Cannot use DATABASE_URL as it is no address of a PostgreSQL database: expected postgres://USER:PASSWORD@HOST:PORT/DATABASE, with special characters percent-encoded",
      ar: "تعذّر استعمال DATABASE_URL لأنه ليس عنوان قاعدة بيانات PostgreSQL: المتوقع postgres://USER:PASSWORD@HOST:PORT/DATABASE، مع ترميز الرموز الخاصة بالنسبة المئوية",
    });
  }
  const secrets = secretsOf(parsed);
  const user = parsed.username === "" ? "" : `${parsed.username}${parsed.password === "" ? "" : ":***"}@`;
  return {
    url,
    shown: `postgres://${user}${parsed.host}${parsed.pathname}`,
    mask: (text) => secrets.reduce((masked, secret) => masked.replaceAll(secret, "***"), text),
  };
}

/** The password as it is and as it was written, the longer first. */
function secretsOf({ password, searchParams }: URL): string[] {
  const given = [password, ...searchParams.getAll("password")].filter((secret) => secret !== "");
  return [...new Set(given.flatMap((secret) => [secret, decoded(secret)]))].toSorted((a, b) => b.length - a.length);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
