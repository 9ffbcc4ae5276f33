import { writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { TestServer } from "./_server.ts";
import { KEY, startServer } from "./_server.ts";
import type { Upstream, UpstreamReply } from "./_upstream.ts";
import { startUpstream, streamReply } from "./_upstream.ts";

const PACKAGE = pathToFileURL(createRequire(import.meta.url).resolve("@ai-sdk/openai-compatible")).href;
const file = join(tmpdir(), `cogniforge-${crypto.randomUUID()}.config.ts`);
let replies: UpstreamReply[];
let upstream: Upstream;
let server: TestServer;

beforeAll(async () => {
  upstream = await startUpstream(() => replies.shift() ?? streamReply("too much"));
  await writeFile(
    file,
    `import { createOpenAICompatible } from ${JSON.stringify(PACKAGE)};
     export default { providers: { packaged: {
       dialect: "ai-sdk",
       model: ({ fetch }: { fetch: typeof globalThis.fetch }) => {
         const sdk = createOpenAICompatible({ name: "local", baseURL: "${upstream.url}/v1", includeUsage: true, fetch });
         return (modelId: string) => sdk.chatModel(modelId);
       },
       defaultModel: "model-1",
       providerOptions: { local: { mark: "ours" } },
     } } };`,
  );
  server = await startServer({ environment: { LLM_MAX_RETRIES: "0", COGNIFORGE_CONFIG: file } });
});

afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await upstream[Symbol.asyncDispose]();
});

async function ask(): Promise<{ status: number; body: Record<string, unknown> }> {
  const response = await fetch(`${server.url}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${KEY}` },
    body: JSON.stringify({ model: "default", messages: [{ role: "user", content: "Hi" }] }),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

test("a package of the AI SDK in a configuration file answers through the server, with its own options", async () => {
  replies = [streamReply("مرحبًا ", "world")];
  const { status, body } = await ask();
  expect([status, (body.choices as { message: { content: string } }[])[0]?.message.content]).toEqual([
    200,
    "مرحبًا world",
  ]);
  expect(upstream.requests.at(-1)?.json).toMatchObject({ model: "model-1", stream: true, mark: "ours" });
});

test("a package of the AI SDK follows no redirect, which would carry its key along", async () => {
  const before = upstream.requests.length;
  replies = [{ status: 307, headers: { location: `${upstream.url}/elsewhere` }, pieces: [] }];
  const { status } = await ask();
  expect(status).toBe(502);
  expect(upstream.requests.length).toBe(before + 1);
});
