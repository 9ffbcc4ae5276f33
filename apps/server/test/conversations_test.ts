import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { TRPCClientError } from "@trpc/client";
import { expect, test, vi } from "vitest";
import { RESTORABLE_MS } from "../src/answers/purge_removed.ts";
import { Faucet } from "./_faucet.ts";
import { startServer, type TestServer } from "./_server.ts";
import { type Client, overHttp, watch } from "./_trpc_client.ts";
import { chatStream, EVENT_STREAM, startUpstream, streamReply, type Upstream } from "./_upstream.ts";

vi.setConfig({ testTimeout: 20_000 });

const serve = (upstream: Pick<Upstream, "url">, directory?: string): Promise<TestServer> =>
  startServer({
    ...(directory === undefined ? {} : { directory }),
    config: {
      providers: {
        one: { dialect: "openai-chat", baseUrl: `${upstream.url}/v1`, model: "model-1" },
        two: { dialect: "openai-chat", baseUrl: `${upstream.url}/v1`, model: "model-2" },
      },
      routes: {
        default: { targets: [{ provider: "one" }], maxRetries: 0 },
        other: { targets: [{ provider: "two" }], maxRetries: 0 },
      },
    },
  });

/** An upstream that answers with the number of the request, and keeps what it was sent. */
const startCounting = () => {
  let count = 0;
  return startUpstream(() => streamReply(`Answer ${++count}`));
};

interface Asking {
  question: string;
  conversationId?: string | undefined;
  parentId?: string | null;
  route?: string;
}

/** Asks, waits for the end, and gives the ids. */
async function askToEnd(client: Client, asking: Asking): Promise<{ answerId: string; conversationId: string }> {
  const { answerId, conversationId = "" } = await client.answers.start.mutate(asking);
  await watch(client, { answerId }).done;
  return { answerId, conversationId };
}

async function codeOf(call: Promise<unknown>): Promise<string> {
  const error = await call.then(
    () => expect.fail("The call was not refused"),
    (reason: unknown) => reason,
  );
  if (!(error instanceof TRPCClientError)) throw error;
  return error.data.failure.code;
}

const contentsOf = ({ requests }: Upstream) =>
  requests.map(({ json }) => (json as { messages: { content: string }[] }).messages.map(({ content }) => content));

test.concurrent("a question is edited and asked again in a branch of its own, and the model is sent that branch alone", async () => {
  await using upstream = await startCounting();
  await using server = await serve(upstream);
  const client = overHttp(server.url);
  const first = await askToEnd(client, { question: "first" });
  const { conversationId } = first;
  const second = await askToEnd(client, { conversationId, question: "second" });
  const edited = await askToEnd(client, { conversationId, question: "second, edited", parentId: first.answerId });
  const third = await askToEnd(client, { conversationId, question: "third" });
  const anew = await askToEnd(client, { conversationId, question: "first, edited", parentId: null });
  expect(contentsOf(upstream).slice(2)).toEqual([
    ["first", "Answer 1", "second, edited"],
    ["first", "Answer 1", "second, edited", "Answer 3", "third"],
    ["first, edited"],
  ]);
  const shown = await client.conversations.get.query({ conversationId });
  expect(shown.turns.map(({ question, versions }) => [question, versions.questions])).toEqual([
    ["first, edited", [first.answerId, anew.answerId]],
  ]);

  // Whoever goes back gets the newest branch there, and asks on in it.
  const back = await client.conversations.show.mutate({ conversationId, turnId: first.answerId });
  expect(back.turns.map(({ answerId }) => answerId)).toEqual([first.answerId, edited.answerId, third.answerId]);
  expect(back.turns[1]?.versions).toEqual({
    questions: [second.answerId, edited.answerId],
    answers: [edited.answerId],
  });
  await client.conversations.show.mutate({ conversationId, turnId: second.answerId });
  await askToEnd(client, { conversationId, question: "after the second" });
  expect(contentsOf(upstream).at(-1)).toEqual(["first", "Answer 1", "second", "Answer 2", "after the second"]);
});

test.concurrent("an answer is given once more by another route or target, and the first one is kept", async () => {
  await using upstream = await startCounting();
  await using server = await serve(upstream);
  const client = overHttp(server.url);
  const first = await askToEnd(client, { question: "Q" });
  const { conversationId } = first;
  const again = [
    await askToEnd(client, { conversationId, question: "Q", parentId: null, route: "other" }),
    await askToEnd(client, { conversationId, question: "Q", parentId: null, route: "one/model-9" }),
  ];
  expect(upstream.requests.map(({ json }) => json?.model)).toEqual(["model-1", "model-2", "model-9"]);
  const { turns } = await client.conversations.get.query({ conversationId });
  expect(turns).toMatchObject([
    {
      answer: { text: "Answer 3", route: "one/model-9" },
      versions: {
        questions: [again[1]?.answerId],
        answers: [first.answerId, again[0]?.answerId, again[1]?.answerId],
      },
    },
  ]);
  const old = await client.conversations.get.query({ conversationId, turnId: first.answerId });
  expect(old.turns).toMatchObject([{ answer: { text: "Answer 1" } }]);
  // Looking at another branch shows it to nobody else.
  expect((await client.conversations.get.query({ conversationId })).turns[0]?.answerId).toBe(again[1]?.answerId);
  expect(await client.answers.routes.query()).toEqual([
    { route: "default", targets: [{ provider: "one", model: "model-1", isTrial: false, isUsable: true }] },
    { route: "other", targets: [{ provider: "two", model: "model-2", isTrial: false, isUsable: true }] },
  ]);
});

test.concurrent("a parent or a turn that the conversation does not have is refused", async () => {
  await using upstream = await startCounting();
  await using server = await serve(upstream);
  const client = overHttp(server.url);
  const { conversationId } = await askToEnd(client, { question: "Q" });
  const other = await askToEnd(client, { question: "elsewhere" });
  const parentId = other.answerId;
  expect(await codeOf(client.answers.start.mutate({ question: "Q", conversationId, parentId }))).toBe("invalid-input");
  expect(await codeOf(client.answers.start.mutate({ question: "Q", parentId }))).toBe("invalid-input");
  expect(await codeOf(client.conversations.show.mutate({ conversationId, turnId: parentId }))).toBe("invalid-input");
  expect(upstream.requests).toHaveLength(2);
});

test.concurrent("conversations are searched in titles, questions and answers, with no difference of Arabic spelling", async () => {
  await using upstream = await startUpstream(() => streamReply("الخُطَّةُ في ٢٠٢٦ إلى المدرسة"));
  await using server = await serve(upstream);
  const client = overHttp(server.url);
  const { conversationId, answerId } = await askToEnd(client, { question: "أين نذهب؟" });
  await vi.waitFor(() => expect(server.app.activity().running).toBe(0), { interval: 5 });
  for (const query of ["خطه", "الخطة 2026", "الي مدرسه", "اين نذ"]) {
    const { conversations } = await client.conversations.search.query({ query });
    expect(
      conversations.map(({ id }) => id),
      query,
    ).toEqual([conversationId]);
  }
  const { conversations } = await client.conversations.search.query({ query: "مدرسه" });
  const [match] = conversations[0]?.matches ?? [];
  expect(match).toMatchObject({ part: "answer", turnId: answerId });
  expect(match?.ranges.map(([from, to]) => match.text.slice(from, to))).toEqual(["المدرسة"]);
  expect(await client.conversations.search.query({ query: '"' })).toEqual({ conversations: [] });
});

test.concurrent("a conversation is archived, removed and restored", async () => {
  await using upstream = await startCounting();
  await using server = await serve(upstream);
  const client = overHttp(server.url);
  const { conversationId } = await askToEnd(client, { question: "Q" });
  const ids = async (archived?: boolean) =>
    (await client.conversations.list.query({ archived })).conversations.map(({ id }) => id);
  await client.conversations.archive.mutate({ conversationId, archived: true });
  expect([await ids(), await ids(true)]).toEqual([[], [conversationId]]);
  await client.conversations.archive.mutate({ conversationId, archived: false });
  expect([await ids(), await ids(true)]).toEqual([[conversationId], []]);
  await client.conversations.remove.mutate({ conversationId });
  expect(await ids()).toEqual([]);
  expect(await codeOf(client.conversations.get.query({ conversationId }))).toBe("conversation-not-found");
  expect(await client.conversations.restore.mutate({ conversationId })).toEqual({ ok: true });
  expect(await codeOf(client.conversations.restore.mutate({ conversationId }))).toBe("conversation-not-found");
  expect((await client.conversations.get.query({ conversationId })).turns).toHaveLength(1);
});

test.concurrent("a removed conversation's answer goes on, until what was removed too long ago is deleted for good", async () => {
  const faucet = new Faucet();
  await using upstream = await startUpstream(() => ({ headers: EVENT_STREAM, pieces: faucet }));
  await using server = await serve(upstream);
  const client = overHttp(server.url);
  const { answerId, conversationId = "" } = await client.answers.start.mutate({ question: "Q" });
  const reader = watch(client, { answerId });
  await client.conversations.remove.mutate({ conversationId });
  faucet.pour(...chatStream("Still here").slice(0, 1));
  await reader.until(({ type }) => type === "text-delta");
  expect(server.app.activity().running).toBe(1);

  using database = new DatabaseSync(join(server.directory, "data/cogniforge.sqlite"));
  const age = database.prepare("UPDATE conversations SET deleted_at = deleted_at - ?");
  expect(age.run(RESTORABLE_MS).changes).toBe(1);
  expect((await reader.done).at(-1)?.event).toMatchObject({ type: "answer-end", outcome: "cancelled" });
  const tables = ["conversations", "turns", "answer_records", "journal_heads", "journal_asks", "journal_batches"];
  const left = () =>
    tables.map((table) => Number(database.prepare(`SELECT count(*) AS count FROM ${table}`).get()?.count));
  await vi.waitFor(() => expect(left()).toEqual(tables.map(() => 0)), { timeout: 15_000, interval: 50 });
  expect(await codeOf(client.conversations.restore.mutate({ conversationId }))).toBe("conversation-not-found");
  expect(server.errors).toEqual([]);
});

test.concurrent("conversations.changes tells of what another page of the same owner does", async () => {
  await using upstream = await startCounting();
  await using server = await serve(upstream);
  const client = overHttp(server.url);
  let { cursor } = await client.conversations.changes.query({});
  const next = async () => {
    const news = await client.conversations.changes.query({ cursor, waitMs: 10_000 });
    cursor = news.cursor;
    return news.conversationIds;
  };
  const waiting = next();
  const { answerId, conversationId = "" } = await client.answers.start.mutate({ question: "Q" });
  expect(await waiting).toEqual([conversationId]);
  await watch(client, { answerId }).done;
  expect(await next()).toEqual([conversationId]);
  await client.conversations.rename.mutate({ conversationId, title: "new" });
  expect(await next()).toEqual([conversationId]);
});

test.concurrent("answers.timeline tells when the attempts and the text of an answer came", async () => {
  await using upstream = await startUpstream(() => streamReply("One ", "two ", "three"));
  await using server = await serve(upstream);
  const client = overHttp(server.url);
  const { answerId } = await askToEnd(client, { question: "Q" });
  const timeline = await client.answers.timeline.query({ answerId });
  expect(timeline.attempts).toMatchObject([{ provider: "one", outcome: "completed", breakers: [] }]);
  const { startedAt = 0, endedAt = 0 } = timeline;
  expect(startedAt).toBeLessThanOrEqual(timeline.attempts[0]?.firstTextAt ?? 0);
  expect(timeline.lastTextAt).toBeLessThanOrEqual(endedAt);
});

test.concurrent("a conversation is exported as Markdown and as JSON, under a safe name", async () => {
  await using upstream = await startUpstream(() => streamReply("نعم:\n\n```js\nconst cut = 1;"));
  await using server = await serve(upstream);
  const client = overHttp(server.url);
  const first = await askToEnd(client, { question: "هل يعمل؟\nsecond line" });
  const { conversationId } = first;
  await askToEnd(client, { conversationId, question: "and again?", parentId: null });
  await client.conversations.show.mutate({ conversationId, turnId: first.answerId });
  await client.conversations.rename.mutate({ conversationId, title: "خطة: <a/b>" });
  await vi.waitFor(() => expect(server.app.activity().running).toBe(0), { interval: 5 });
  const path = `/admin/api/conversations/${conversationId}/export`;

  const markdown = await server.fetch(`${path}?format=markdown&locale=ar`);
  const name = /filename\*=UTF-8''(.+)$/.exec(markdown.headers.get("content-disposition") ?? "")?.[1] ?? "";
  expect(decodeURIComponent(name)).toBe("خطة a b.md");
  expect(markdown.headers.get("content-type")).toBe("text/markdown; charset=utf-8");
  const text = await markdown.text();
  expect(text).toMatch(/^# خطة: \\<a\/b\\>\n/);
  expect(text).toContain('<div dir="auto">\n\n> هل يعمل؟\n> second line\n\n</div>');
  expect(text).toContain('<div dir="auto">\n\nنعم:\n\n```js\nconst cut = 1;\n```\n\n</div>');
  expect(text).toContain("- النموذج: `one · model-1`");
  expect(text).not.toContain("and again?");

  const json = await server.fetch(`${path}?format=json`);
  expect(json.headers.get("content-disposition")).toContain('filename="conversation.json"');
  expect(await json.json()).toMatchObject({
    object: "conversation",
    version: 1,
    id: conversationId,
    title: "خطة: <a/b>",
    turns: [
      { question: "هل يعمل؟\nsecond line", answer: { status: "completed", end: { provider: "one" }, attempts: [{}] } },
      { question: "and again?" },
    ],
  });
  expect((await server.fetch(`${path}?format=pdf`)).status).toBe(400);
  expect((await server.fetch("/admin/api/conversations/nobody/export")).status).toBe(404);
  expect((await fetch(`${server.url}${path}`)).status).toBe(401);
});
