import assert from "node:assert/strict";
import type { Cost, FinishReason, Usage } from "../events/mod.ts";
import { UpstreamError, type UpstreamFailure } from "../failures/mod.ts";
import type { ProviderPart } from "../providers/mod.ts";
import type { WireCase } from "./wire_corpus.ts";

/** What came out of a provider, put together as a reader would. */
export interface ProviderResult {
  batches: (readonly ProviderPart[])[];
  text: string;
  reasoning: string;
  finishes: FinishReason[];
  usage: Usage | undefined;
  cost: Cost | undefined;
  toolCalls: { id: string; name: string; arguments: string }[];
  model: string | undefined;
  failure: UpstreamFailure | undefined;
}

/** Reads a provider's stream to its end. Anything that is thrown and is no {@linkcode UpstreamError} is thrown on. */
export async function collectResult(stream: AsyncIterable<readonly ProviderPart[]>): Promise<ProviderResult> {
  const result: ProviderResult = {
    batches: [],
    text: "",
    reasoning: "",
    finishes: [],
    usage: undefined,
    cost: undefined,
    toolCalls: [],
    model: undefined,
    failure: undefined,
  };
  try {
    for await (const batch of stream) {
      result.batches.push(batch);
      for (const part of batch) addPart(result, part);
    }
  } catch (error) {
    if (!(error instanceof UpstreamError)) throw error;
    result.failure = error.failure;
  }
  return result;
}

function addPart(result: ProviderResult, part: ProviderPart): void {
  switch (part.type) {
    case "text":
      assert.notEqual(part.text, "", "no part of the text is empty");
      assert.ok(part.text.isWellFormed(), `no half of a character goes on: ${JSON.stringify(part.text)}`);
      result.text += part.text;
      break;
    case "reasoning":
      assert.notEqual(part.text, "", "no part of the reasoning is empty");
      result.reasoning += part.text;
      break;
    case "finish":
      result.finishes.push(part.reason);
      break;
    case "usage":
      result.usage = part.usage;
      break;
    case "cost":
      result.cost = part.cost;
      break;
    case "model":
      result.model = part.model;
      break;
    case "tool-call":
      result.toolCalls.push({ id: part.id, name: part.name, arguments: part.arguments });
      break;
  }
}

/** The corpus's words for failures, and ours. */
export const CODE_OF_KIND: Readonly<Record<string, string>> = {
  auth: "provider-auth",
  bad_request: "invalid-request",
  cancelled: "cancelled",
  conflict: "conflict",
  content_filter: "content-filter",
  context_length: "context-too-long",
  dependency: "dependency",
  insufficient_credits: "insufficient-credit",
  invalid_tool_generation: "invalid-tool-call",
  malformed: "malformed",
  malformed_tool_call: "invalid-tool-call",
  network: "network",
  not_found: "model-not-found",
  overloaded: "overloaded",
  permission: "provider-forbidden",
  quota_exhausted: "quota-exhausted",
  rate_limit: "rate-limit",
  request_too_large: "request-too-large",
  server_error: "server-error",
  timeout: "upstream-timeout",
  tls: "tls",
  truncated: "cut",
  unsupported_region: "unsupported-region",
};

/** The corpus's words for what is done about a failure, and ours. */
export const ACTION_OF_WORD: Readonly<Record<string, string>> = { retry: "retry", fallover: "fallback", fail: "tell" };

/** The differences between what a case expects and what came out; empty if there are none. */
export function compareWithCase(one: WireCase, result: ProviderResult): string[] {
  const { expect } = one;
  const differences: string[] = [];
  const skip = new Set(expect.skip ?? []);
  const check = (field: string, expected: unknown, actual: readonly unknown[]) => {
    if (skip.has(field)) return;
    const right = [expected, ...(expect.accept?.[field] ?? [])];
    if (right.some((value) => actual.some((own) => isSame(value, own)))) return;
    differences.push(`${field}: wanted ${right.map(show).join(" or ")}, found ${actual.map(show).join(" or ")}`);
  };
  const failure = result.failure ?? (result.finishes.length === 0 ? CUT : undefined);
  check("outcome", expect.outcome, outcomesOf(one, result));
  check("text", expect.text, [result.text]);
  check("reasoning", expect.reasoning, [result.reasoning]);
  check("finishReason", expect.finishReason, finishReasonsOf(result, failure));
  check("model", expect.model ?? undefined, [result.model]);
  compareUsage(one, result, check);
  check("toolCalls", expect.toolCalls.filter(isRunnable), [result.toolCalls.map(toCall)]);
  if (result.finishes.length > 1) differences.push(`finish came ${result.finishes.length} times`);
  const isErrorExpected = expect.error !== null && !expect.accept?.outcome?.includes("ok");
  if (isErrorExpected && failure === undefined) differences.push(`error: wanted ${expect.error?.kind}, found none`);
  if (expect.error !== null && failure !== undefined) {
    const kinds = Object.keys(CODE_OF_KIND).filter((kind) => CODE_OF_KIND[kind] === failure.code);
    check("error.kind", expect.error.kind, kinds.length > 0 ? kinds : [failure.code]);
    // A cut is the engine's to judge, and after output an action only says what a gateway without continuation can do.
    if (expect.error.beforeOutput && failure !== CUT) {
      const words = Object.keys(ACTION_OF_WORD).filter((word) => ACTION_OF_WORD[word] === failure.action);
      check("error.action", expect.error.action, words);
    }
    const wait = expect.error.retryAfterMs;
    if (wait !== undefined && failure.retryAfterMs !== wait) {
      differences.push(`error.retryAfterMs: wanted ${wait}, found ${failure.retryAfterMs}`);
    }
  }
  return differences;
}

/** What the engine makes of a stream that ends without a finish reason. */
const CUT: UpstreamFailure = { code: "cut", action: "retry" };

function outcomesOf(one: WireCase, result: ProviderResult): string[] {
  const { failure, finishes, text, reasoning, toolCalls } = result;
  const hasOutput = text !== "" || reasoning !== "" || toolCalls.length > 0;
  if (failure !== undefined) {
    if (one.status >= 400) return ["http_error"];
    if (failure.code === "network") return ["network_error"];
    if (failure.code === "malformed") return ["malformed"];
    if (hasOutput) return ["error_mid_stream"];
    // Half a tool call is output to the corpus; here it is only a sign of life, since nobody may run it.
    const hasProgress = result.batches.flat().some(({ type }) => type === "progress");
    return hasProgress ? ["error_mid_stream", "error_in_body"] : ["error_in_body"];
  }
  if (finishes.length === 0) return ["truncated"];
  return [!hasOutput && finishes[0]?.unified === "stop" ? "empty" : "ok"];
}

function finishReasonsOf({ finishes }: ProviderResult, failure: UpstreamFailure | undefined): (string | null)[] {
  const unified = finishes[0]?.unified;
  if (unified !== undefined) return [unified.replace("-", "_")];
  return failure === undefined ? [null] : ["error", null];
}

function compareUsage(
  one: WireCase,
  { usage, cost }: ProviderResult,
  check: (field: string, expected: unknown, actual: readonly unknown[]) => void,
): void {
  const { expect } = one;
  if (expect.skip?.includes("usage")) return;
  const own: Record<string, number | undefined> = { ...usage, cost: cost?.amount };
  for (const field of ["inputTokens", "outputTokens", "reasoningTokens", "cachedInputTokens", "cost"]) {
    const stated = field === "cost" ? chargedInTicks(one) : undefined;
    check(`usage.${field}`, expect.usage?.[field] ?? stated, [own[field]]);
  }
}

/** The corpus knows no cost of xAI's answers, which state it in ticks; another's that pass the field on hold 0. */
function chargedInTicks({ body }: WireCase): number | undefined {
  const ticks = [...new TextDecoder().decode(body).matchAll(/"cost_in_usd_ticks":\s*(\d+)/g)].at(-1)?.[1];
  return Number(ticks) > 0 ? Number(ticks) / 1e10 : undefined;
}

/** Arguments that are no JSON stand as a raw string: such a call must not be run. */
function isRunnable(call: { arguments: unknown }): boolean {
  return typeof call.arguments !== "string";
}

function toCall({ name, arguments: text }: { name: string; arguments: string }) {
  return { name, arguments: JSON.parse(text) };
}

function isSame(a: unknown, b: unknown): boolean {
  try {
    assert.deepEqual(a, b);
    return true;
  } catch {
    return false;
  }
}

function show(value: unknown): string {
  const text = JSON.stringify(value) ?? "nothing";
  return text.length > 300 ? `${text.slice(0, 300)}…` : text;
}
