/** Why the storage could not be opened; the message names the file and the way out. */
export class StorageOpenError extends Error {
  override readonly name = "StorageOpenError";
  readonly reason: "not-writable" | "damaged" | "newer-schema";

  constructor(reason: StorageOpenError["reason"], message: string, options?: ErrorOptions) {
    super(message, options);
    this.reason = reason;
  }
}
