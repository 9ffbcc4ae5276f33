import { expect, test, vi } from "vitest";
import { CUT_AT, piecesOf, TEXT } from "./_fault_play.ts";
import { startServer } from "./_server.ts";
import type { UpstreamReply } from "./_upstream.ts";
import { chatStream, EVENT_STREAM, JSON_TYPE, startUpstream, streamReply } from "./_upstream.ts";

vi.setConfig({ testTimeout: 20_000 });

const begun = { headers: EVENT_STREAM, pieces: chatStream(...piecesOf(TEXT.slice(0, CUT_AT))).slice(0, -1) };
const fault = { status: 500, headers: JSON_TYPE, pieces: ['{"error":{"message":"boom secret-body"}}'] };

test.concurrent.each<[string, UpstreamReply, failureCodes: string[], joins: number]>([
  ["a cut in mid-stream", { ...begun, end: "cut" }, ["cut"], 1],
  ["a clean end without a finish", begun, ["cut"], 1],
  ["a stall", { ...begun, end: "hang" }, ["stall"], 1],
  ["a server's error", fault, ["server-error"], 0],
])(
  "POST /v1/chat/completions without streaming gives the whole answer in spite of %s",
  async (_, reply, codes, joins) => {
    await using bad = await startUpstream(() => reply);
    await using good = await startUpstream(({ json }) => {
      const last = (json?.messages as { role: string; content: string }[] | undefined)?.at(-1);
      return streamReply(...piecesOf(TEXT.slice(last?.role === "assistant" ? last.content.length : 0)));
    });
    const provider = (url: string) => ({ dialect: "openai-chat" as const, baseUrl: `${url}/v1`, model: "m" });
    await using server = await startServer({
      config: {
        providers: { bad: provider(bad.url), good: { ...provider(good.url), prefill: "trailing" } },
        routes: {
          default: {
            targets: [{ provider: "bad" }, { provider: "good" }],
            maxRetries: 0,
            timeouts: { idleMs: codes[0] === "stall" ? 600 : 10_000 },
          },
        },
      },
    });
    const response = await server.post("/v1/chat/completions", {
      model: "default",
      messages: [{ role: "user", content: "What is a cursor?" }],
    });
    expect(response.status).toBe(200);
    const said = await response.text();
    expect(said).not.toContain("secret-body");
    const { choices, cogniforge } = JSON.parse(said);
    expect(choices).toMatchObject([{ message: { role: "assistant", content: TEXT }, finish_reason: "stop" }]);
    expect(cogniforge.attempts).toMatchObject([
      { provider: "bad", why: "first", outcome: "failed", failureCode: codes[0] },
      { provider: "good", why: joins > 0 ? "continuation" : "fallback", outcome: "completed" },
    ]);
    expect([bad.requests.length, good.requests.length]).toEqual([1, 1]);
  },
);

test.concurrent("POST /v1/chat/completions without streaming gives half an answer to nobody who asked for a failure instead", async () => {
  await using bad = await startUpstream(() => begun);
  await using server = await startServer({
    config: { providers: { bad: { dialect: "openai-chat", baseUrl: `${bad.url}/v1`, model: "m" } } },
  });
  const ask = { model: "bad/m", messages: [{ role: "user", content: "Q" }] };
  const response = await server.post("/v1/chat/completions", ask, { "x-cogniforge-on-cut": "fail" });
  expect(response.status).toBeGreaterThanOrEqual(500);
  const { error, choices } = await response.json();
  expect([error.code, choices]).toEqual(["cut", undefined]);
  expect(bad.requests).toHaveLength(1);
});
