import { expect, test } from "vitest";
import { ConversationChanges } from "./conversation_changes.ts";

test("ConversationChanges gives each owner its own changes since a cursor, each conversation once", async () => {
  const changes = new ConversationChanges();
  const { cursor, ...rest } = await changes.since("user:1", { waitMs: 60_000 });
  expect(rest).toEqual({});
  for (const id of ["a", "b", "a"]) changes.note("user:1", id);
  changes.note("user:2", "other");
  const news = await changes.since("user:1", { cursor, waitMs: 60_000 });
  expect(news.conversationIds).toEqual(["a", "b"]);
  expect(await changes.since("user:1", { cursor: news.cursor, waitMs: 0 })).toEqual({
    cursor: news.cursor,
    conversationIds: [],
  });
});

test("ConversationChanges lets go of who waits: for news, for its signal, and at the end", async () => {
  const changes = new ConversationChanges();
  const { cursor } = await changes.since("user:1", { waitMs: 0 });
  const waiting = changes.since("user:1", { cursor, waitMs: 60_000 });
  changes.note("user:1", "a");
  const news = await waiting;
  expect(news.conversationIds).toEqual(["a"]);
  const stop = new AbortController();
  const left = changes.since("user:1", { cursor: news.cursor, waitMs: 60_000, signal: stop.signal });
  stop.abort();
  expect((await left).conversationIds).toEqual([]);
  const last = changes.since("user:1", { cursor: news.cursor, waitMs: 60_000 });
  changes.close();
  expect((await last).conversationIds).toEqual([]);
});

test("ConversationChanges says that anything may have changed to a cursor of another run, of too long ago, or to none", async () => {
  const changes = new ConversationChanges();
  const { cursor } = await changes.since("user:1", { waitMs: 0 });
  const other = await new ConversationChanges().since("user:1", { waitMs: 0 });
  for (let count = 0; count < 101; count++) changes.note("user:1", "a");
  for (const old of [cursor, other.cursor, "nonsense", `${cursor}x`, cursor.replace(/0$/, "999")]) {
    expect(await changes.since("user:1", { cursor: old, waitMs: 60_000 })).toEqual({ cursor: expect.any(String) });
  }
});

test("ConversationChanges tells others what changed here, takes over what changed there, and knows when it may have missed something", async () => {
  const told: string[] = [];
  const changes = new ConversationChanges({ onNote: (owner, id) => told.push(`${owner} ${id}`) });
  const { cursor } = await changes.since("user:1", { waitMs: 0 });
  changes.note("user:1", "here");
  changes.hear("user:1", "there");
  expect(told).toEqual(["user:1 here"]);
  const news = await changes.since("user:1", { cursor, waitMs: 0 });
  expect(news.conversationIds).toEqual(["here", "there"]);
  const waiting = changes.since("user:1", { cursor: news.cursor, waitMs: 60_000 });
  changes.missed();
  const anything = await waiting;
  expect(anything.conversationIds, "anything may have changed").toBeUndefined();
  changes.hear("user:1", "later");
  expect((await changes.since("user:1", { cursor: anything.cursor, waitMs: 0 })).conversationIds).toEqual(["later"]);
});
