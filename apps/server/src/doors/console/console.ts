import { existsSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { fileURLToPath, pathToFileURL } from "node:url";

/** What the console's pages ask of the server, by `event.platform.req.cf`. */
export interface ConsoleBridge {
  user(): Promise<ConsoleUser | null>;
  hasAdministrator(): Promise<boolean>;
}

export interface ConsoleUser {
  id: string;
  name: string;
  email: string;
  role: "administrator" | "member";
}

export type ConsoleHandler = (request: IncomingMessage & { cf?: ConsoleBridge }, response: ServerResponse) => void;

/** Where `npm run build` puts the console. */
const BUILT_HANDLER = fileURLToPath(new URL("../../../../admin/build/handler.js", import.meta.url));

/** Header in which the server tells the console the scheme; a client's own is overwritten. */
export const PROTOCOL_HEADER = "x-cf-proto";
/** Header in which the server tells the caller's address; a client's own is overwritten. */
export const ADDRESS_HEADER = "x-cf-address";

/** Loads the built console; `undefined` if it is not built. */
export async function loadConsole(): Promise<ConsoleHandler | undefined> {
  if (!existsSync(BUILT_HANDLER)) return undefined;
  // The handler reads these once, when it is loaded.
  process.env.PROTOCOL_HEADER = PROTOCOL_HEADER;
  process.env.ADDRESS_HEADER = ADDRESS_HEADER;
  const module: { handler: ConsoleHandler } = await import(pathToFileURL(BUILT_HANDLER).href);
  return module.handler;
}
