import type { Transform } from "node:stream";
import { constants, createBrotliDecompress, createGunzip, createInflate, createZstdDecompress } from "node:zlib";

// Each piece is given as far as it goes, and what a lost connection has cut ends like any other cut: without an error.
const PIECEWISE = { flush: constants.Z_SYNC_FLUSH, finishFlush: constants.Z_SYNC_FLUSH };
const PIECEWISE_BROTLI = { flush: constants.BROTLI_OPERATION_FLUSH, finishFlush: constants.BROTLI_OPERATION_FLUSH };
const PIECEWISE_ZSTD = { flush: constants.ZSTD_e_flush, finishFlush: constants.ZSTD_e_flush };

const DECODERS: ReadonlyMap<string, () => Transform> = new Map<string, () => Transform>([
  ["gzip", () => createGunzip(PIECEWISE)],
  ["x-gzip", () => createGunzip(PIECEWISE)],
  ["deflate", () => createInflate(PIECEWISE)],
  ["br", () => createBrotliDecompress(PIECEWISE_BROTLI)],
  ["zstd", () => createZstdDecompress(PIECEWISE_ZSTD)],
]);

/** What undoes the compression of a body that names one; an unknown one is left to whoever reads the body. */
export function decoderFor(contentEncoding: string | string[] | undefined): Transform | undefined {
  const name = String(contentEncoding ?? "")
    .trim()
    .toLowerCase();
  return name === "" ? undefined : DECODERS.get(name)?.();
}
