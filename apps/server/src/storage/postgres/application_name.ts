import { randomBytes } from "node:crypto";

/** How the names of all our connections begin. */
export const APPLICATION_NAME = "cogniforge";

/** A name of its own for each process: tells its changes from those of others, and who does what in `pg_stat_activity`. */
export function newApplicationName(): string {
  return `${APPLICATION_NAME} ${randomBytes(6).toString("hex")}`;
}
