export type { Anchor } from "./anchor.ts";
export { splitAtAnchor } from "./anchor.ts";
export { isJsonPrefix } from "./json_prefix.ts";
export type { LadderOptions, PrefillMemory } from "./ladder.ts";
export { Ladder, VolatilePrefillMemory } from "./ladder.ts";
export type { Seam, SeamAlignerOptions, SeamKind } from "./seam_aligner.ts";
export { SeamAligner } from "./seam_aligner.ts";
export type { Strategy } from "./strategy.ts";
export { quoteMessages } from "./strategy.ts";
