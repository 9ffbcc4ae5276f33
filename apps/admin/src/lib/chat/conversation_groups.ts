import type { ConversationInfo } from "#lib/api/console_api.ts";

export type GroupName = "today" | "yesterday" | "week" | "older";

export interface ConversationGroup {
  name: GroupName;
  items: readonly ConversationInfo[];
}

const DAY_MS = 86_400_000;

/** Parts a list by the day of the last change, on this device's calendar; empty groups are left out. */
export function groupConversations(items: readonly ConversationInfo[], now: number): ConversationGroup[] {
  const midnight = new Date(now).setHours(0, 0, 0, 0);
  const groups = new Map<GroupName, ConversationInfo[]>();
  for (const item of items) {
    const name = groupOf(item.updatedAt, midnight);
    groups.set(name, [...(groups.get(name) ?? []), item]);
  }
  return [...groups].map(([name, grouped]) => ({ name, items: grouped }));
}

function groupOf(at: number, midnight: number): GroupName {
  if (at >= midnight) return "today";
  if (at >= midnight - DAY_MS) return "yesterday";
  return at >= midnight - 6 * DAY_MS ? "week" : "older";
}
