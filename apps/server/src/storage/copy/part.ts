/** A part of what is copied, such as a table. Each step can be repeated; what is there already is found there. */
export interface CopiedPart {
  name: string;
  /** @throws {StorageCopyError} If the target has what the source does not have; nothing is written. */
  refuseOtherData(): Promise<void>;
  /** Copies what the target does not have yet. */
  copy(): Promise<void>;
  /** @throws {StorageCopyError} If source and target are not the same. */
  verify(): Promise<VerifiedPart>;
}

/** A part that is the same in both databases. */
export interface VerifiedPart {
  name: string;
  rows: number;
  /** SHA-256 over all rows, in hexadecimal. */
  sha256: string;
}
