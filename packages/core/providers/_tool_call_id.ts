/** An id for a call that came without one: a tool's result refers to it, so it must be unique in its conversation. */
export function newToolCallId(): string {
  return `call_${crypto.randomUUID().replaceAll("-", "").slice(0, 24)}`;
}
