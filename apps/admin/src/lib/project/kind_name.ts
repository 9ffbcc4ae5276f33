import type { SentProject } from "#lib/api/console_api.ts";
import { m } from "#lib/paraglide/messages.js";

/** What a section holds, in the page's language. */
export function kindName(kind: SentProject["sections"][number]["kind"]): string {
  switch (kind) {
    case "instructions":
      return m.sent_kind_instructions();
    case "overview":
      return m.sent_kind_overview();
    case "tree":
      return m.sent_kind_tree();
    case "manifest":
      return m.sent_kind_manifest();
    case "document":
      return m.sent_kind_document();
    case "symbols":
      return m.sent_kind_symbols();
    case "excerpt":
      return m.sent_kind_excerpt();
  }
}
