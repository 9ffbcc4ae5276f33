import { expect, test } from "vitest";
import { groupConversations } from "./conversation_groups.ts";

test("groupConversations() parts by calendar days and leaves empty groups out", () => {
  const now = new Date(2026, 10, 22, 0, 30).getTime();
  const at = (day: number, hour: number) => new Date(2026, 10, day, hour).getTime();
  const items = [at(22, 0), at(21, 23), at(18, 12), at(1, 12)].map((updatedAt, index) => ({
    id: String(index),
    title: "",
    createdAt: 0,
    updatedAt,
    isArchived: false,
  }));
  expect(groupConversations(items, now).map(({ name, items }) => [name, items.length])).toEqual([
    ["today", 1],
    ["yesterday", 1],
    ["week", 1],
    ["older", 1],
  ]);
  expect(groupConversations(items.slice(3), now).map(({ name }) => name)).toEqual(["older"]);
});
