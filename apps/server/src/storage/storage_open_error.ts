import type { Bilingual } from "@cogniforge/core/events";
import type { StorageFault } from "./storage_fault.ts";

/** Why the storage could not be opened; the texts name the file and the way out. */
export class StorageOpenError extends Error {
  override readonly name = "StorageOpenError";
  readonly reason: StorageFault | "newer-schema";
  readonly text: Bilingual;

  constructor(reason: StorageOpenError["reason"], text: Bilingual, options?: ErrorOptions) {
    super(text.en, options);
    this.reason = reason;
    this.text = text;
  }

  /** In both languages, each on its own line. */
  format(): string {
    return `${this.text.en}\n${this.text.ar}`;
  }
}
