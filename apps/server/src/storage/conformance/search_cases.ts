import { expect } from "vitest";
import type { RecordStorage } from "../record_storage.ts";
import { createMany, OWNER, RECORD } from "./_conversation_tools.ts";
import type { StoreCase } from "./store_case.ts";

async function found(storage: RecordStorage, query: string) {
  const { conversations } = await storage.conversations.search(OWNER, { query, limit: 20 });
  return conversations.map(({ id }) => id);
}

/** What is found in every {@linkcode ConversationStore}, and how it is shown. */
export const SEARCH_CASES: readonly StoreCase[] = [
  [
    "ConversationStore.search() finds titles, questions and answers by the beginnings of their words",
    async ({ storage }) => {
      await createMany(storage, ["by-title", "by-question", "by-answer"], (index) => index);
      const { conversations, records } = storage;
      await conversations.rename(OWNER, "by-title", "Forging blades");
      await conversations.addTurn("by-question", {
        question: "How do I forge a blade?",
        answerId: "answer-1",
        askedAt: 10,
      });
      await conversations.addTurn("by-answer", { question: "?", answerId: "answer-2", askedAt: 20 });
      await records.put({
        ...RECORD,
        answerId: "answer-2",
        conversationId: "by-answer",
        text: "A FORGE makes a Blade.",
      });
      expect(await found(storage, "forg blad")).toEqual(["by-answer", "by-question", "by-title"]);
      expect(await found(storage, "blade forge")).toEqual(["by-answer", "by-question"]);
      expect(await found(storage, "orge")).toEqual([]);
      expect(await found(storage, "forge hammer")).toEqual([]);
      expect(await found(storage, "  !?  ")).toEqual([]);
      expect(await found(storage, 'forge" OR "a')).toEqual([]);
      await conversations.rename(OWNER, "by-title", "Something else");
      expect(await found(storage, "forging")).toEqual([]);
    },
  ],

  [
    "ConversationStore.search() gives the best places of each, as text with ranges",
    async ({ storage }) => {
      await createMany(storage, ["conversation-1"], () => 1);
      const { conversations, records } = storage;
      await conversations.rename(OWNER, "conversation-1", "إجابات المُستخدِم");
      await conversations.addTurn("conversation-1", { question: "ما هي الإجابة؟", answerId: "answer-1", askedAt: 2 });
      await records.put({ ...RECORD, text: `${"word ".repeat(80)}<b>الاجابه</b> ${"word ".repeat(80)}` });
      const page = await conversations.search(OWNER, { query: "اجابه", limit: 5 });
      const { matches } = page.conversations[0] ?? { matches: [] };
      const marked = matches.map(({ part, turnId, text, ranges }) => [
        part,
        turnId,
        ranges.map(([from, to]) => text.slice(from, to)),
      ]);
      expect(marked).toEqual([
        ["answer", "answer-1", ["الاجابه"]],
        ["question", "answer-1", ["الإجابة"]],
      ]);
      expect(matches[0]?.text).toMatch(/^…word .*<b>الاجابه<\/b>.* word…$/);
      expect((await conversations.search(OWNER, { query: "اجابا", limit: 5 })).conversations[0]?.matches[0]).toEqual({
        part: "title",
        text: "إجابات المُستخدِم",
        ranges: [[0, 6]],
      });
    },
  ],

  [
    "ConversationStore.search() is paged, and finds archived conversations too",
    async ({ storage }) => {
      const ids = Array.from({ length: 7 }, (_, index) => `found-${index}`);
      await createMany(storage, ids, (index) => Math.floor(index / 2));
      await storage.conversations.archive(OWNER, "found-3", 9);
      const listed: string[] = [];
      let cursor: string | undefined;
      do {
        const page = await storage.conversations.search(OWNER, { query: "found", limit: 3, cursor });
        listed.push(...page.conversations.map(({ id, isArchived }) => `${id}${isArchived ? " archived" : ""}`));
        cursor = page.nextCursor;
      } while (cursor !== undefined);
      expect(listed).toEqual(["6", "5", "4", "3 archived", "2", "1", "0"].map((name) => `found-${name}`));
    },
  ],
  [
    "ConversationStore.search() finds Arabic however it is spelled, and words of every script",
    async ({ storage }) => {
      const titles = {
        alef: "أُسلوبُ الكتابة",
        digits: "عام ٢٠٢٦",
        stretched: "مـــرحبا",
        greek: "Ἀθῆναι",
        chinese: "我喜欢编程",
        quotes: "it's \\ 'quoted' & (odd) | !",
        accents: "Café Zürich",
      };
      for (const [id, title] of Object.entries(titles)) {
        await storage.conversations.create(OWNER, { id, title, at: 1 });
      }
      for (const [query, ids] of Object.entries({
        اسلوب: ["alef"],
        كتابه: ["alef"],
        "2026": ["digits"],
        "٢٠٢٦": ["digits"],
        مرحبا: ["stretched"],
        αθην: ["greek"],
        编程: ["chinese"],
        "quoted odd": ["quotes"],
        "' & !(quo | :*": ["quotes"],
        "cafe zur": ["accents"],
        "cafe 2026": [],
      })) {
        expect(await found(storage, query), query).toEqual(ids);
      }
    },
  ],
  [
    "ConversationStore.search() finds what stands in a text of a thousand pages",
    async ({ storage }) => {
      await createMany(storage, ["long"], () => 1);
      const words = Array.from({ length: 60_000 }, (_, index) => `word${index.toString(36)}`);
      await storage.records.put({ ...RECORD, conversationId: "long", text: words.join(" ") });
      expect(await found(storage, "word0 wordz wordp")).toEqual(["long"]);
      expect(await found(storage, "word0 absent")).toEqual([]);
    },
  ],
];
