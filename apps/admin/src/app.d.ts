import type { ConsoleUser } from "#lib/session/console_session.server.ts";

declare global {
  namespace App {
    interface Locals {
      user: ConsoleUser | undefined;
    }
  }
}
