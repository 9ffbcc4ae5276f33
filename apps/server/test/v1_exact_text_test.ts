import { createHash } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { seededRandom } from "../../../packages/core/testing/seeded_random.ts";
import { cutBytes } from "../../../packages/core/testing/wire_corpus.ts";
import type { DoorName } from "./_doors.ts";
import { openDoors } from "./_doors.ts";
import type { TestServer } from "./_server.ts";
import { startServer } from "./_server.ts";
import type { Upstream } from "./_upstream.ts";
import { chatStream, EVENT_STREAM, JSON_TYPE, STOP, startUpstream } from "./_upstream.ts";

/** The same in every ordinary run, so that a change that breaks nothing never turns it red; another in each long one. */
const SEED = Number(process.env.COGNIFORGE_SEED ?? (process.env.COGNIFORGE_LONG === "1" ? Date.now() % 2 ** 31 : 1));

/** What is lost first where text is trimmed, joined, split by lines or normalised on its way. */
const TEXTS: Record<string, string> = {
  whitespace: "  two before,\ttab,  two  within, \u00a0no-break, \u200bzero, two after  ",
  newlines: "\n\nfirst\n\n\nsecond\r\nthird\rfourth\u2028fifth\u2029sixth\u0085seventh\n",
  "a code block":
    "Look:\n\n```python\ndef f(x):\n\treturn {\n\t    'a': \"b\\n\",  # 1\n\t}\n\n```\n  data: not a field\nid: 7\n\n: no comment\n",
  tashkeel: "بِسْمِ ٱللَّهِ ٱلرَّحْمَٰنِ ٱلرَّحِيمِ، مُحَمَّدٌ ﷺ — كـــتاب \u200f(RTL)\u200e e\u0301 é لا",
  emoji: "👩‍👩‍👧‍👦🏳️‍🌈🇸🇾👍🏽 5️⃣ 𝒳 𠮷 \u{10ffff} 🙂",
  "JSON within": '{"choices":[{"delta":{"content":"\\u0041"}}],"quote":"\\"","slash":"\\/"} [DONE] <think>no</think>',
  "control characters": "bell\u0007 null\u0000 escape\u001b[31m delete\u007f bom\ufeffend",
};

const DOORS: readonly DoorName[] = [
  "tRPC over SSE",
  "tRPC over WebSocket",
  "plain SSE",
  "/v1 streamed",
  "/v1 in one piece",
];

let upstream: Upstream;
let server: TestServer;
let doors: ReturnType<typeof openDoors>;

beforeAll(async () => {
  const random = seededRandom(SEED);
  upstream = await startUpstream(({ path, json }) => {
    // Echoes the question, so that what arrives is what was sent in both directions.
    const [, name] = path.split("/");
    const text = String((json?.messages as { content: string }[] | undefined)?.at(-1)?.content);
    if (name === "whole") {
      const message = { role: "assistant", content: text };
      const choices = [{ index: 0, message, finish_reason: "stop" }];
      return { headers: JSON_TYPE, pieces: [JSON.stringify({ model: "model-1", choices })] };
    }
    // By code units, so that halves of characters stand in different chunks too; bytes are cut anew below them.
    const units = name === "units" ? text.split("") : [...text];
    const bytes = Buffer.from(chatStream(...units, STOP).join(""));
    return { headers: EVENT_STREAM, pieces: cutBytes(bytes, () => 1 + Math.floor(random() * 200)) };
  });
  const provider = (name: string) => ({
    dialect: "openai-chat" as const,
    baseUrl: `${upstream.url}/${name}/v1`,
    model: "model-1",
  });
  server = await startServer({
    environment: { LLM_MAX_RETRIES: "0" },
    config: { providers: { whole: provider("whole"), units: provider("units"), points: provider("points") } },
  });
  doors = openDoors(server);
});

afterAll(async () => {
  await doors.close();
  await server[Symbol.asyncDispose]();
  await upstream[Symbol.asyncDispose]();
});

for (const [kind, text] of Object.entries(TEXTS)) {
  test(`Every door carries ${kind} to the byte, there and back`, async () => {
    for (const door of DOORS) {
      for (const way of ["points", "units", "whole"]) {
        const received = await doors.doors[door](text, `${way}/model-1`);
        expect(received.text, `${door}, ${way}, COGNIFORGE_SEED=${SEED}`).toBe(text);
        expect(received.finishes).toMatchObject([{ unified: "stop" }]);
        const view = (await (await server.fetch(`/v1/answers/${received.answerId}`)).json()) as {
          text: string;
          end: { sha256: string; length: number };
        };
        expect(view.text).toBe(text);
        expect(view.end).toMatchObject({
          length: text.length,
          sha256: createHash("sha256").update(text, "utf8").digest("hex"),
        });
      }
    }
  });
}
