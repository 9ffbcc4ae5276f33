import type { FailureCode } from "@cogniforge/core/failures";
import { classifyTransportError, failureInfo, UpstreamError } from "@cogniforge/core/failures";
import type { Provider, ProviderRequest } from "@cogniforge/core/providers";
import type { ProviderConfig } from "../config/mod.ts";
import type { TargetStatus } from "../services.ts";
import type { CheckResult } from "./check.ts";
import { say } from "./check.ts";

/** Limit for the first token, in milliseconds: models that think are slow to speak, and a doctor's visit is short. */
const LIMIT_MS = 20_000;

const CONNECT_MS = 8_000;

/** Enough for one word, and the least that every provider takes. */
const MAX_OUTPUT_TOKENS = 16;

const QUESTION = "Reply with the single word: OK";

/** Failures that pass by themselves: the set-up is right. */
const PASSING: ReadonlySet<FailureCode> = new Set([
  "rate-limit",
  "overloaded",
  "server-error",
  "dependency",
  "conflict",
  "empty-answer",
]);

export interface ProbeTargetOptions {
  target: TargetStatus;
  /** `undefined` where it can't be asked. */
  provider: Provider | undefined;
  configured: ProviderConfig | undefined;
  signal: AbortSignal;
}

/** Asks a target one short question and gives up its answer at the first sign of a model. */
export async function probeTarget({ target, provider, configured, signal }: ProbeTargetOptions): Promise<CheckResult> {
  const name = `${target.provider} · ${target.model}`;
  const id = `targets.${target.provider}/${target.model}`;
  const variable = configured?.keyVariable;
  const details = {
    provider: target.provider,
    model: target.model,
    ...(target.baseUrl !== undefined && { baseUrl: target.baseUrl }),
    ...(variable !== undefined && { variable }),
    ...(target.maskedKey !== undefined && { key: target.maskedKey }),
  };
  if (provider === undefined) {
    return {
      id,
      status: "skipped",
      message: say(`${name} is never asked: its key is not set`, `لا يُسأل ${name}: مفتاحه غير مضبوط`),
      ...(variable !== undefined && { remedy: say(`Set ${variable} to use it`, `اضبط ${variable} لاستخدامه`) }),
      details,
    };
  }
  const began = performance.now();
  try {
    await firstSign(provider, target.model, signal);
  } catch (error) {
    return { id, ...failureOf(name, error, { target, variable }), details: { ...details, code: codeOf(error) } };
  }
  const firstTokenMs = Math.round(performance.now() - began);
  return {
    id,
    status: "ok",
    message: target.isTrial
      ? say(
          `${name} gives trial answers: no model stands behind it (first token after ${firstTokenMs} ms)`,
          `${name} يعطي إجابات تجريبية: لا نموذج وراءه (أول رمز بعد ${firstTokenMs} م.ث)`,
        )
      : say(`${name} answers: first token after ${firstTokenMs} ms`, `${name} يجيب: أول رمز بعد ${firstTokenMs} م.ث`),
    details: { ...details, firstTokenMs, trial: target.isTrial },
  };
}

async function firstSign(provider: Provider, model: string, signal: AbortSignal): Promise<void> {
  const enough = new AbortController();
  const late = AbortSignal.timeout(LIMIT_MS);
  const stop = AbortSignal.any([signal, late, enough.signal]);
  const request: ProviderRequest = {
    model,
    messages: [{ role: "user", content: QUESTION }],
    parameters: {},
    maxOutputTokens: MAX_OUTPUT_TOKENS,
  };
  try {
    for await (const parts of provider.stream(request, { signal: stop, timeouts: { connectMs: CONNECT_MS } })) {
      // A model that only thought until its tokens were used up is there as well.
      if (parts.some(({ type }) => ["text", "reasoning", "progress", "tool-call", "finish"].includes(type))) return;
    }
  } finally {
    enough.abort();
  }
  signal.throwIfAborted();
  throw new UpstreamError({ code: late.aborted ? "first-token-timeout" : "cut", action: "fallback" });
}

const codeOf = (error: unknown): FailureCode =>
  (error instanceof UpstreamError ? error.failure : classifyTransportError(error, { stage: "before-headers" })).code;

function failureOf(
  name: string,
  error: unknown,
  { target, variable }: { target: TargetStatus; variable: string | undefined },
): Pick<CheckResult, "status" | "message" | "remedy"> {
  const code = codeOf(error);
  const status = error instanceof UpstreamError ? error.failure.status : undefined;
  const cause = { provider: target.provider, model: target.model, code, ...(status !== undefined && { status }) };
  const { message, remedy } = failureInfo(code, { causes: [cause] });
  const where = target.baseUrl === undefined ? "" : ` (${target.baseUrl})`;
  const isOfKey = variable !== undefined && (code === "provider-auth" || code === "insufficient-credit");
  return {
    status: PASSING.has(code) ? "warning" : "error",
    message: say(`${name}${where}: ${message.en}`, `${name}${where}: ${message.ar}`),
    remedy: isOfKey ? say(`The key is in ${variable}. ${remedy.en}`, `المفتاح في ${variable}. ${remedy.ar}`) : remedy,
  };
}
