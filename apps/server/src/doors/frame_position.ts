/** Where a reader of this door stands: at a cursor, or within the frames of the event that follows it. */
export interface FramePosition {
  cursor: string;
  /** Frames of the next event that the reader has already. */
  frames: number;
}

const WITHIN = /^(.*)~([1-9]\d{0,2})$/;

/** Writes a position as a frame's `id`: the cursor itself after an event's last frame. */
export function encodePosition({ cursor, frames }: FramePosition): string {
  return frames === 0 ? cursor : `${cursor}~${frames}`;
}

/** Reads an `id` back; what is no cursor is left for whoever reads cursors to refuse. */
export function decodePosition(id: string): FramePosition {
  const [, cursor = id, frames = "0"] = WITHIN.exec(id) ?? [];
  return { cursor, frames: Number(frames) };
}
