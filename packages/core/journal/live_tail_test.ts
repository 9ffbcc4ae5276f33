import assert from "node:assert/strict";
import { test } from "node:test";
import type { JournalEvent } from "../events/mod.ts";
import { collect, delta, deltas, end, header, nextTask } from "./_conformance_tools.ts";
import { LiveTail, type LiveTailOptions, type TailSource } from "./mod.ts";

/** A journal of one answer whose reads are counted; what is put into `stored` itself is appended unheard. */
function tailOf(options?: LiveTailOptions) {
  const stored: JournalEvent[] = [];
  const counts = { reads: 0, stored };
  const source: TailSource = {
    async find(answerId) {
      return { header: header(answerId), lastSeq: stored.length, isEnded: stored.at(-1)?.type === "answer-end" };
    },
    async read(_answerId, after, limit) {
      counts.reads++;
      return stored.slice(after, after + limit);
    },
  };
  const tail = new LiveTail(source, options);
  const append = (...events: JournalEvent[]) => {
    stored.push(...events);
    tail.publish("answer-1", events);
  };
  return { tail, append, counts };
}

test("LiveTail reads the journal only for the past: the present comes from the window", async () => {
  const { tail, append, counts } = tailOf();
  append(...deltas(1, 3));
  const reader = collect(tail.follow("answer-1", { after: 0 }));
  await nextTask();
  const readsOfThePast = counts.reads;
  for (let seq = 4; seq < 100; seq++) {
    append(delta(seq));
    await nextTask();
  }
  append(end(100));
  assert.deepEqual(await reader, [...deltas(1, 99), end(100)]);
  assert.equal(counts.reads, readsOfThePast);
});

test("LiveTail wakes a waiting follower once per publication and gives it the batch whole", async () => {
  const { tail, append } = tailOf();
  append(delta(1));
  const sizes: number[] = [];
  const reader = (async () => {
    for await (const batch of tail.follow("answer-1", { after: 0 })) sizes.push(batch.length);
  })();
  await nextTask();
  append(...deltas(2, 6));
  await nextTask();
  append(...deltas(7, 8), end(9));
  await reader;
  assert.deepEqual(sizes, [1, 5, 3]);
});

test("LiveTail keeps nothing once nobody follows, however the followers left", async () => {
  const { tail, append } = tailOf();
  append(delta(1));
  assert.equal(tail.size, 0, "publishing alone keeps nothing");
  const controller = new AbortController();
  const aborted = collect(tail.follow("answer-1", { after: 0, signal: controller.signal }));
  const broken = (async () => {
    for await (const _ of tail.follow("answer-1", { after: 0 })) break;
  })();
  const finished = collect(tail.follow("answer-1", { after: 0 }));
  await nextTask();
  assert.equal(tail.size, 1);
  controller.abort();
  append(end(2));
  await Promise.all([aborted, broken, finished]);
  assert.equal(tail.size, 0);
});

test("LiveTail bounds its window: a reader that fell behind it goes on from the journal", async () => {
  const { tail, append, counts } = tailOf({ windowEvents: 4, pageEvents: 5 });
  append(delta(1));
  const slow = tail.follow("answer-1", { after: 0 });
  const first = await slow.next();
  for (let seq = 2; seq <= 40; seq++) append(delta(seq));
  append(end(41));
  const reads = counts.reads;
  const rest = await collect(slow);
  assert.deepEqual([...(first.value ?? []), ...rest], [...deltas(1, 40), end(41)]);
  assert.ok(counts.reads > reads, "it had to read the journal");
});

test("LiveTail delivers an end that comes between the two questions to the journal", async () => {
  const stored: JournalEvent[] = [delta(1)];
  const tail: LiveTail = new LiveTail({
    async read(_answerId, after, limit) {
      const page = stored.slice(after, after + limit);
      if (page.length === 0) stored.push(end(2));
      return page;
    },
    async find(answerId) {
      return { header: header(answerId), lastSeq: stored.length, isEnded: stored.length === 2 };
    },
  });
  assert.deepEqual(await collect(tail.follow("answer-1", { after: 0 })), [delta(1), end(2)]);
});

test("LiveTail delivers an end that is published while the journal is asked", async () => {
  const stored: JournalEvent[] = [delta(1)];
  const tail: LiveTail = new LiveTail({
    async read(_answerId, after, limit) {
      return stored.slice(after, after + limit);
    },
    async find(answerId) {
      const entry = { header: header(answerId), lastSeq: stored.length, isEnded: false };
      stored.push(end(2));
      tail.publish(answerId, [end(2)]);
      return entry;
    },
  });
  assert.deepEqual(await collect(tail.follow("answer-1", { after: 0 })), [delta(1), end(2)]);
});

test("LiveTail lets a reader go that follows an ended answer from its end while others still read it", async () => {
  const { tail, append } = tailOf();
  append(delta(1));
  const slow = tail.follow("answer-1", { after: 0 });
  await slow.next();
  append(end(2));
  assert.deepEqual(await collect(tail.follow("answer-1", { after: 2 })), []);
  assert.deepEqual(await collect(slow), [end(2)]);
});

test("LiveTail.close() ends every following", async () => {
  const { tail, append } = tailOf();
  append(delta(1));
  const readers = [collect(tail.follow("answer-1", { after: 0 })), collect(tail.follow("answer-1", { after: 1 }))];
  await nextTask();
  tail.close();
  assert.deepEqual(await Promise.all(readers), [[delta(1)], []]);
  assert.equal(tail.size, 0);
});

test("LiveTail asks the journal nothing for a reader who comes soon after an answer began here", async () => {
  const { tail, append, counts } = tailOf();
  tail.begin("answer-1");
  append(...deltas(1, 3));
  const reader = collect(tail.follow("answer-1", { after: 0 }));
  await nextTask();
  append(delta(4), end(5));
  assert.deepEqual(await reader, [...deltas(1, 4), end(5)]);
  assert.equal(counts.reads, 0);
  assert.equal(tail.size, 0);
});

test("LiveTail goes on waiting for a follower when one comes that has left already", async () => {
  const { tail, append, counts } = tailOf();
  tail.begin("answer-1");
  append(...deltas(1, 3));
  assert.deepEqual(await collect(tail.follow("answer-1", { after: 0, signal: AbortSignal.abort() })), []);
  const reader = collect(tail.follow("answer-1", { after: 0 }));
  append(end(4));
  assert.deepEqual(await reader, [...deltas(1, 3), end(4)]);
  assert.equal(counts.reads, 0);
});

test("LiveTail forgets an answer that began here when nobody comes, or it is over", async () => {
  const { tail, append, counts } = tailOf();
  tail.begin("answer-1");
  append(...deltas(1, 40));
  const reader = collect(tail.follow("answer-1", { after: 0 }));
  await nextTask();
  append(end(41));
  assert.deepEqual(await reader, [...deltas(1, 40), end(41)]);
  assert.ok(counts.reads > 0, "what is older stands in the journal");
});

test("LiveTail wakes a reader who came before it was told that the answer began here", async () => {
  const { tail, append } = tailOf();
  const reader = collect(tail.follow("answer-1", { after: 0 }));
  await nextTask();
  tail.begin("answer-1");
  append(delta(1), end(2));
  assert.deepEqual(await reader, [delta(1), end(2)]);
});

test("LiveTail passes over what its followers know already, and has them read the journal after a gap", async () => {
  const { tail, append, counts } = tailOf();
  append(delta(1));
  const reader = collect(tail.follow("answer-1", { after: 0 }));
  await nextTask();
  append(...deltas(2, 3));
  await nextTask();
  const reads = counts.reads;
  assert.equal(tail.knows("answer-1", 3), true);
  assert.equal(tail.knows("answer-1", 4), false);
  assert.equal(tail.knows("answer-2", 1), true, "nobody follows it");
  tail.publish("answer-1", deltas(2, 3));
  await nextTask();
  assert.equal(counts.reads, reads, "a repetition is not looked into");
  counts.stored.push(delta(4));
  append(delta(5), end(6));
  assert.deepEqual(await reader, [...deltas(1, 5), end(6)]);
  assert.ok(counts.reads > reads, "the gap is read from the journal");
});

test("LiveTail.refresh() has followers read what was appended unheard, also one that is just reading", async () => {
  const { tail, append, counts } = tailOf();
  append(delta(1));
  const readers = [collect(tail.follow("answer-1", { after: 0 })), collect(tail.follow("answer-1", { after: 1 }))];
  await nextTask();
  counts.stored.push(delta(2));
  tail.refresh("answer-2");
  tail.refresh("answer-1");
  // The journal was asked before this one: who reads it now must not go to sleep on the answer.
  counts.stored.push(end(3));
  tail.refresh();
  assert.deepEqual(await Promise.all(readers), [
    [delta(1), delta(2), end(3)],
    [delta(2), end(3)],
  ]);
});

test("LiveTail.refresh() is not slept over by a follower whose page was read before it", async () => {
  const stored: JournalEvent[] = [delta(1)];
  const tail: LiveTail = new LiveTail({
    async read(_answerId, after, limit) {
      return stored.slice(after, after + limit);
    },
    async find(answerId) {
      const entry = { header: header(answerId), lastSeq: stored.length, isEnded: stored.length > 1 };
      if (stored.length === 1) {
        stored.push(end(2));
        tail.refresh(answerId);
      }
      return entry;
    },
  });
  assert.deepEqual(await collect(tail.follow("answer-1", { after: 0 })), [delta(1), end(2)]);
});

test("LiveTail tells when an answer gets its first follower and loses its last", async () => {
  const told: string[] = [];
  const { tail, append } = tailOf({
    onFollowed: (answerId) => told.push(`+${answerId}`),
    onLeft: (answerId) => told.push(`-${answerId}`),
  });
  append(delta(1));
  const controller = new AbortController();
  const [first, second] = [
    collect(tail.follow("answer-1", { after: 0, signal: controller.signal })),
    collect(tail.follow("answer-1", { after: 0 })),
  ];
  await nextTask();
  assert.deepEqual(told, ["+answer-1"]);
  controller.abort();
  await first;
  assert.deepEqual(told, ["+answer-1"]);
  append(end(2));
  await second;
  assert.deepEqual(told, ["+answer-1", "-answer-1"]);
});
