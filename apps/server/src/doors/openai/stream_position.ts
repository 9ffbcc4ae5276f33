import type { FramePosition } from "../frame_position.ts";
import { decodePosition, encodePosition } from "../frame_position.ts";

/** Writes where a reader stands in every choice as one `id`; that of a single choice is its own position. */
export function encodePositions(positions: readonly FramePosition[]): string {
  return positions.map(encodePosition).join(",");
}

/** Reads an `id` back; what is no cursor is left for whoever reads cursors to refuse. */
export function decodePositions(id: string): FramePosition[] {
  return id.split(",").map((one) => decodePosition(one.trim()));
}
