import { expect, test, vi } from "vitest";
import type { ConfigFile } from "../src/config/file_schema.ts";
import { tempFolder } from "../src/storage/temp_folder.ts";
import type { TestServer } from "./_server.ts";
import { startServer } from "./_server.ts";
import type { UpstreamReply, UpstreamRequest } from "./_upstream.ts";
import { chatStream, EVENT_STREAM, JSON_TYPE, STOP, startUpstream } from "./_upstream.ts";

vi.setConfig({ testTimeout: 30_000 });

const TEXT = "A cursor names a position in an answer, so that a reader who was away gets exactly the rest of it.";
const CUT_AT = 70;

type Message = { role: string; content: string; prefix?: boolean };

const messagesOf = ({ json }: UpstreamRequest) => json?.messages as Message[];
const isPrefilled = (request: UpstreamRequest) => messagesOf(request).at(-1)?.role === "assistant";
const cut = (text: string): UpstreamReply => ({
  headers: EVENT_STREAM,
  pieces: chatStream(text).slice(0, 1),
  end: "cut",
});
const whole = (text: string): UpstreamReply => ({ headers: EVENT_STREAM, pieces: chatStream(text, STOP) });

function configOf(url: string, prefill?: "prefix" | "trailing"): ConfigFile {
  return {
    providers: { one: { dialect: "openai-chat", baseUrl: `${url}/v1`, model: "m", ...(prefill && { prefill }) } },
    routes: { default: { targets: [{ provider: "one" }], maxRetries: 2 } },
  };
}

async function answerOf(server: TestServer): Promise<string> {
  const response = await server.post("/v1/chat/completions", {
    model: "default",
    messages: [{ role: "user", content: "What is a cursor?" }],
  });
  const { choices } = await response.json();
  return choices[0].message.content;
}

test("'prefill' of a provider's configuration is how its model is handed what readers have", async () => {
  await using upstream = await startUpstream((request) => {
    const begun = messagesOf(request).at(-1);
    return begun?.role === "assistant" ? whole(TEXT.slice(begun.content.length)) : cut(TEXT.slice(0, CUT_AT));
  });
  await using server = await startServer({ config: configOf(upstream.url, "prefix") });
  expect(await answerOf(server)).toBe(TEXT);
  const handed = upstream.requests[1] && messagesOf(upstream.requests[1]).at(-1);
  expect(handed).toMatchObject({ role: "assistant", prefix: true });
  expect(TEXT.startsWith(handed?.content ?? "-")).toBe(true);
});

test("a target that refuses a prefill is handed none any more, also after a restart", async () => {
  await using folder = await tempFolder();
  await using upstream = await startUpstream((request) => {
    if (isPrefilled(request)) {
      const error = { message: "The last message must not be an assistant's", type: "invalid_request_error" };
      return { status: 400, headers: JSON_TYPE, pieces: [JSON.stringify({ error })] };
    }
    // Quoted: the assistant's message stands before the last one, and its end is asked for again.
    const begun = messagesOf(request).find(({ role }) => role === "assistant");
    return begun === undefined ? cut(TEXT.slice(0, CUT_AT)) : whole(TEXT.slice(begun.content.length));
  });
  const config = configOf(upstream.url, "trailing");
  {
    await using server = await startServer({ config, directory: folder.path });
    expect(await answerOf(server)).toBe(TEXT);
    expect(upstream.requests.map(isPrefilled)).toEqual([false, true, false]);
    expect(await answerOf(server)).toBe(TEXT);
    expect(upstream.requests.slice(3).map(isPrefilled)).toEqual([false, false]);
  }
  {
    await using server = await startServer({ config, directory: folder.path });
    expect(await answerOf(server)).toBe(TEXT);
    expect(upstream.requests.slice(5).map(isPrefilled)).toEqual([false, false]);
  }
  // Set up in another way it is another question.
  await using server = await startServer({ config: configOf(upstream.url, "prefix"), directory: folder.path });
  expect(await answerOf(server)).toBe(TEXT);
  expect(upstream.requests.slice(7).map(isPrefilled)).toEqual([false, true, false]);
});
