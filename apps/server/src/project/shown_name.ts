import { basename } from "node:path";
import { shownPath } from "./context_writer.ts";

/** The name of a project by its folder. */
export function shownName(directory: string): string {
  return shownPath(basename(directory));
}
