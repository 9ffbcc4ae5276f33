import { expect, test, vi } from "vitest";
import type { ConfigFile } from "../src/config/file_schema.ts";
import { CUT_AT, piecesOf, TEXT } from "./_fault_play.ts";
import { startServer } from "./_server.ts";
import { overHttp, watch } from "./_trpc_client.ts";
import type { UpstreamReply, UpstreamRequest } from "./_upstream.ts";
import { chatStream, EVENT_STREAM, JSON_TYPE, startUpstream, streamReply } from "./_upstream.ts";

vi.setConfig({ testTimeout: 20_000 });

/** How a request hands over what readers have. */
function wayOf({ json }: UpstreamRequest): "prefill" | "quote" | "question" {
  const roles = ((json?.messages ?? []) as { role: string }[]).map(({ role }) => role);
  if (roles.at(-1) === "assistant") return "prefill";
  return roles.includes("assistant") ? "quote" : "question";
}

const CUT: UpstreamReply = {
  headers: EVENT_STREAM,
  pieces: chatStream(...piecesOf(TEXT.slice(0, CUT_AT))).slice(0, -1),
  end: "cut",
};

const refusalOf = (status: number): UpstreamReply => ({
  status,
  headers: JSON_TYPE,
  pieces: ['{"error":{"message":"The roles must alternate","type":"invalid_request_error"}}'],
});

/** An upstream that takes nothing but a question, and answers it from the beginning; its first answer to each is cut, if it shall be. */
function startStubborn(status: number, isCut: boolean) {
  let questions = 0;
  return startUpstream((request) => {
    if (wayOf(request) !== "question") return refusalOf(status);
    return isCut && questions++ % 2 === 0 ? CUT : streamReply(...piecesOf(TEXT));
  });
}

function provider(url: string, prefill?: "trailing") {
  return { dialect: "openai-chat" as const, baseUrl: `${url}/v1`, model: "m", ...(prefill && { prefill }) };
}

async function answersOf(config: ConfigFile, count: number) {
  await using server = await startServer({ config });
  const client = overHttp(server.url);
  const ends: { text: string; trail: string[] }[] = [];
  for (let index = 0; index < count; index++) {
    const { answerId } = await client.answers.start.mutate({ question: "What is a cursor?" });
    let text = "";
    let strategies: string[] = [];
    for (const { event } of await watch(client, { answerId }).done) {
      if (event.type === "snapshot") text = event.text;
      else if (event.type === "text-delta") {
        expect(event.offset, "nothing is taken back").toBe(text.length);
        text += event.text;
      } else if (event.type === "attempt-start") strategies = [...strategies, event.strategy ?? event.why];
      else if (event.type === "answer-end") expect(event).toMatchObject({ outcome: "completed", length: TEXT.length });
    }
    ends.push({ text, trail: strategies });
  }
  expect(server.errors).toEqual([]);
  return ends;
}

test.concurrent.each([400, 422])(
  "a cut stream whose only target refuses every continuation with %i is completed by a restart, and no prefill is tried again",
  async (status) => {
    await using upstream = await startStubborn(status, true);
    const [first, second] = await answersOf(
      {
        providers: { only: provider(upstream.url, "trailing") },
        routes: { default: { targets: [{ provider: "only" }], maxRetries: 1 } },
      },
      2,
    );
    expect(first).toEqual({ text: TEXT, trail: ["first", "prefill", "quote", "restart"] });
    expect(second).toEqual({ text: TEXT, trail: ["first", "quote", "restart"] });
    expect(upstream.requests.map(wayOf)).toEqual([
      ...["question", "prefill", "quote", "question"],
      ...["question", "quote", "question"],
    ]);
  },
);

test.concurrent.each([
  ["prefill", "trailing", ["prefill", "quote", "restart"], ["quote", "restart"]],
  ["quoting turn", undefined, ["quote", "restart"], ["quote", "restart"]],
] as const)(
  "a cut stream is completed by a second target that refuses the %s",
  async (_, prefill, tried, triedAgain) => {
    await using cuts = await startUpstream(() => CUT);
    await using stubborn = await startStubborn(400, false);
    const [first, second] = await answersOf(
      {
        providers: { cuts: provider(cuts.url), stubborn: provider(stubborn.url, prefill) },
        routes: { default: { targets: [{ provider: "cuts" }, { provider: "stubborn" }], maxRetries: 0 } },
      },
      2,
    );
    expect(first).toEqual({ text: TEXT, trail: ["first", ...tried] });
    expect(second).toEqual({ text: TEXT, trail: ["first", ...triedAgain] });
    expect(cuts.requests).toHaveLength(2);
  },
);
