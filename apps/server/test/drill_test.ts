import { createHash } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { AnswerEvent } from "@cogniforge/core/events";
import type { FaultInput } from "@cogniforge/core/providers";
import { expect, test, vi } from "vitest";
import type { ConfigFile } from "../src/config/file_schema.ts";
import type { TestServer } from "./_server.ts";
import { startServer } from "./_server.ts";
import { openSse, plainSse } from "./_sse_reader.ts";
import type { Client } from "./_trpc_client.ts";
import { overHttp, overWebSocket, textOf, watch } from "./_trpc_client.ts";
import { startUpstream, streamReply } from "./_upstream.ts";

vi.setConfig({ testTimeout: 30_000 });

/** Long enough for a cut with much before and after it, and full of what careless code breaks. */
const TEXT = Array.from(
  { length: 40 },
  (_, index) => `${index + 1}. مُدَرِّسَةٌ كَتَبَتْ  «سطرًا» 👩‍🚀 and e\u0301 \`code\`;\n${index % 5 ? "" : "\n\t"}`,
).join("");

/** Short where silence is what is waited for; else nothing that happens on a busy machine is taken for it. */
const limitFor = ({ fault }: FaultInput) => (fault === "stall" || fault === "silence" ? 1_000 : 15_000);

const configFor = (limitMs: number): ConfigFile => ({
  providers: {
    first: { dialect: "mock", text: TEXT, paceMs: 0 },
    second: { dialect: "mock", text: TEXT, paceMs: 0 },
  },
  routes: {
    default: {
      targets: [{ provider: "first" }, { provider: "second" }],
      timeouts: { firstTokenMs: limitMs, idleMs: limitMs, totalMs: 20_000 },
    },
    alone: { targets: [{ provider: "first" }] },
  },
});

const CONFIG = configFor(15_000);

type End = Extract<AnswerEvent, { type: "answer-end" }>;

/** Asks and reads at three doors; the text of each must be the end's, to the last character. */
async function ask(server: TestServer, route = "default"): Promise<{ texts: string[]; end: End }> {
  const client = overHttp(server.url);
  using socket = overWebSocket(server.url);
  const { answerId } = await client.answers.start.mutate({ question: "س", route });
  const [overSse, overSocket, plain] = await Promise.all([
    watch(client, { answerId }).done,
    watch(socket.client, { answerId }).done,
    readPlain(server, answerId),
  ]);
  const end = overSse.at(-1)?.event;
  if (end?.type !== "answer-end") throw new Error(`The answer's last event is '${end?.type}'`);
  const texts = [textOf(overSse), textOf(overSocket), plain];
  for (const text of texts) {
    expect([text.length, createHash("sha256").update(text).digest("hex")]).toEqual([end.length, end.sha256]);
  }
  return { texts, end };
}

async function readPlain(server: TestServer, answerId: string): Promise<string> {
  const reader = await openSse(`${server.url}${plainSse({ question: "س", answer_id: answerId })}`);
  await reader.closed;
  return reader
    .ofType("data")
    .map(({ json }) => json.data)
    .join("");
}

/** `provider why outcome code`, one an attempt. */
function trail({ attempts }: End): string[] {
  return attempts.map(({ provider, why, outcome, failureCode }) =>
    [provider, why, outcome, failureCode].filter(Boolean).join(" "),
  );
}

const RESCUED: [FaultInput, string[]][] = [
  [{ fault: "cut", afterChars: 0 }, ["first first failed cut", "first retry completed"]],
  [{ fault: "cut", afterChars: 700 }, ["first first failed cut", "first continuation completed"]],
  [
    { fault: "cut", afterChars: 300, calls: 3 },
    [
      "first first failed cut",
      "first continuation failed cut",
      "first continuation failed cut",
      "first continuation completed",
    ],
  ],
  [{ fault: "stall", afterChars: 700 }, ["first first failed stall", "second continuation completed"]],
  [{ fault: "silence" }, ["first first failed first-token-timeout", "second fallback completed"]],
  [{ fault: "garbage" }, ["first first failed malformed", "second fallback completed"]],
  [{ fault: "garbage", afterChars: 333 }, ["first first failed malformed", "second continuation completed"]],
  [{ fault: "server-error" }, ["first first failed server-error", "first retry completed"]],
  [{ fault: "rate-limit", retryAfterMs: 60_000 }, ["first first failed rate-limit", "second fallback completed"]],
];

test.concurrent.each(RESCUED)("a drill with %j is rescued, and every reader's text is exact", async (fault, wanted) => {
  await using server = await startServer({ config: configFor(limitFor(fault)) });
  const client = overHttp(server.url);
  const armed = await client.providers.armDrill.mutate({ provider: "first", fault });
  expect(armed).toMatchObject({ provider: "first", isAllowed: true, armed: fault });
  const { texts, end } = await ask(server);
  expect(texts).toEqual([TEXT, TEXT, TEXT]);
  expect(end.outcome).toBe("completed");
  expect(trail(end)).toEqual(wanted);
  // Struck and over: the next answer is an ordinary one, elsewhere as long as the target asked to be left alone.
  expect(await armedOn(client)).toEqual([undefined, undefined]);
  const next = fault.fault === "rate-limit" ? "second" : "first";
  expect(trail((await ask(server)).end)).toEqual([`${next} first completed`]);
});

test.concurrent("a slow drip arrives character by character, whole", async () => {
  const text = "قطرةً قطرةً 👩‍🚀 drop by drop";
  await using server = await startServer({ config: { providers: { first: { dialect: "mock", text, paceMs: 0 } } } });
  const client = overHttp(server.url);
  await client.providers.armDrill.mutate({ provider: "first", fault: { fault: "slow-drip", everyMs: 20 } });
  const { texts, end } = await ask(server);
  expect(texts).toEqual([text, text, text]);
  expect(end.timing.deltas).toBe([...text].length);
  expect(end.timing.totalMs).toBeGreaterThanOrEqual([...text].length * 19);
});

test.concurrent("a drill that leaves no target ends the answer with its partial text, and says so", async () => {
  await using server = await startServer({ config: CONFIG });
  const client = overHttp(server.url);
  await client.providers.armDrill.mutate({
    provider: "first",
    fault: { fault: "garbage", afterChars: 100, calls: 50 },
  });
  const { texts, end } = await ask(server, "alone");
  expect(end).toMatchObject({ outcome: "failed", failure: { causes: [{ provider: "first", code: "malformed" }] } });
  expect(texts[0]).toBe(TEXT.slice(0, texts[0]?.length));
  expect(texts[0]?.length).toBeGreaterThanOrEqual(100);
});

test.concurrent("providers.disarmDrill ends a drill, and so does a new configuration", async () => {
  await using server = await startServer({ config: CONFIG });
  const client = overHttp(server.url);
  const fault: FaultInput = { fault: "server-error", calls: 9 };
  await client.providers.armDrill.mutate({ provider: "second", fault });
  expect(await armedOn(client)).toEqual([undefined, fault]);
  expect(await client.providers.disarmDrill.mutate({ provider: "second" })).not.toHaveProperty("armed");
  expect(await armedOn(client)).toEqual([undefined, undefined]);

  await client.providers.armDrill.mutate({ provider: "second", fault });
  const changed = { ...CONFIG, providers: { ...CONFIG.providers, third: { dialect: "mock" } } };
  await writeFile(join(server.directory, "cogniforge.config.json"), JSON.stringify(changed));
  await vi.waitFor(async () => expect(await armedOn(client)).toEqual([undefined, undefined, undefined]), {
    interval: 50,
    timeout: 10_000,
  });
});

test.concurrent("a drill on a provider with real answers needs ALLOW_MOCK_LLM=true, and is refused clearly", async () => {
  await using upstream = await startUpstream(() => streamReply("real"));
  const config: ConfigFile = {
    providers: {
      real: { dialect: "openai-chat", baseUrl: `${upstream.url}/v1`, model: "m" },
      trial: { dialect: "mock" },
    },
  };
  const arming = { provider: "real", fault: { fault: "server-error", calls: 9 } } as const;
  {
    await using server = await startServer({ config });
    const client = overHttp(server.url);
    expect(await client.providers.drills.query()).toEqual([
      { provider: "real", isTrial: false, isAllowed: false },
      { provider: "trial", isTrial: true, isAllowed: true },
    ]);
    for (const refused of [
      client.providers.armDrill.mutate(arming),
      client.providers.disarmDrill.mutate({ provider: "real" }),
    ]) {
      await expect(refused).rejects.toMatchObject({
        data: {
          httpStatus: 403,
          failure: {
            code: "forbidden",
            param: "provider",
            message: { en: expect.stringContaining("ALLOW_MOCK_LLM=true") },
          },
        },
      });
    }
    await expect(client.providers.armDrill.mutate({ ...arming, provider: "nobody" })).rejects.toMatchObject({
      data: { httpStatus: 400, failure: { code: "invalid-input", param: "provider" } },
    });
    await expect(
      client.providers.armDrill.mutate({ provider: "trial", fault: { fault: "fire" } as never }),
    ).rejects.toMatchObject({ data: { httpStatus: 400, failure: { code: "invalid-input" } } });
    await expect(overHttp(server.url, {}).providers.drills.query()).rejects.toMatchObject({
      data: { httpStatus: 401 },
    });
  }
  await using server = await startServer({ config, environment: { ALLOW_MOCK_LLM: "true" } });
  const client = overHttp(server.url);
  await client.providers.armDrill.mutate(arming);
  expect(trail((await ask(server)).end)[0]).toBe("real first failed server-error");
  expect(upstream.requests, "the upstream is left alone").toEqual([]);
});

async function armedOn(client: Client) {
  return (await client.providers.drills.query()).map(({ armed }) => armed);
}
