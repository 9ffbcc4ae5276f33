import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { DIALECTS } from "../testing/dialects.ts";
import { collectResult, type ProviderResult } from "../testing/wire_comparison.ts";

/**
 * One small answer a line, as servers and gateways are known to write it, and what is read:
 * `[reasoning]text{name arguments}!failure|finish#input/output`, the last where it is asked for.
 */
const VARIANTS = readFileSync(join(import.meta.dirname, "../testing/wire_variants.jsonl"), "utf8")
  .split("\n")
  .filter((line) => line !== "")
  .map((line) => JSON.parse(line));

for (const { dialect, what, body, read } of VARIANTS) {
  test(`the provider of '${dialect}' reads a variant: ${what}`, async () => {
    const fetch = async () => new Response(body);
    const provider = DIALECTS[dialect]?.({ name: "x", baseUrl: "http://127.0.0.1:1/v1", fetch, now: () => 0 });
    const request = { model: "m", messages: [{ role: "user" as const, content: "Hi" }], parameters: {} };
    const context = { signal: new AbortController().signal, timeouts: { connectMs: 1000 } };
    assert.ok(provider);
    assert.equal(tell(await collectResult(provider.stream(request, context)), read.includes("#")), read);
  });
}

function tell({ reasoning, text, toolCalls, failure, finishes, usage }: ProviderResult, withUsage: boolean): string {
  const thought = reasoning && `[${reasoning}]`;
  const calls = toolCalls.map((call) => `{${call.name} ${call.arguments}}`).join("");
  const failed = failure === undefined ? "" : `!${failure.code}`;
  const end = finishes.map(({ unified }) => `|${unified}`).join("");
  return `${thought}${text}${calls}${failed}${end}${withUsage ? `#${usage?.inputTokens}/${usage?.outputTokens}` : ""}`;
}
