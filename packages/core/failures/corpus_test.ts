import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import {
  classifyErrorObject,
  classifyResponse,
  type FailureAction,
  type FailureCode,
  type UpstreamFailure,
} from "./mod.ts";

const CORPUS = process.env.WIRE_CORPUS ?? join(import.meta.dirname, "../../../../shared/wire");

/** Our codes for the corpus' words. */
const CODES_BY_KIND: Readonly<Record<string, readonly FailureCode[]>> = {
  auth: ["provider-auth"],
  bad_request: ["invalid-request"],
  // A request that the upstream gave up, though we did not, is as good as a broken server.
  cancelled: ["server-error"],
  conflict: ["conflict"],
  content_filter: ["content-filter"],
  context_length: ["context-too-long"],
  dependency: ["dependency"],
  insufficient_credits: ["insufficient-credit"],
  invalid_tool_generation: ["invalid-tool-call"],
  malformed: ["malformed"],
  malformed_tool_call: ["invalid-tool-call"],
  network: ["network"],
  not_found: ["model-not-found"],
  overloaded: ["overloaded"],
  permission: ["provider-forbidden"],
  quota_exhausted: ["quota-exhausted"],
  rate_limit: ["rate-limit"],
  request_too_large: ["request-too-large"],
  server_error: ["server-error"],
  timeout: ["upstream-timeout"],
  truncated: ["cut"],
  unsupported_region: ["unsupported-region"],
};

const ACTIONS: Readonly<Record<string, FailureAction>> = { retry: "retry", fallover: "fallback", fail: "tell" };

interface Expectation {
  outcome: string;
  error: { kind: string; action: string; retryAfterMs?: number | null; beforeOutput?: boolean } | null;
  accept?: Record<string, unknown[]>;
  skip?: string[];
}

interface WireCase {
  id: string;
  status: number;
  headers: Headers;
  body: string;
  now: number;
  isTransport: boolean;
  expectation: Expectation;
}

function readCase(id: string): WireCase {
  const folder = join(CORPUS, "cases", id);
  const about = JSON.parse(readFileSync(join(folder, "case.json"), "utf8"));
  const raw = readFileSync(join(folder, "body"));
  const isGzip = about.headers?.["content-encoding"] === "gzip" && about.status >= 400;
  return {
    id,
    status: about.status,
    headers: new Headers(about.headers),
    body: new TextDecoder().decode(isGzip ? gunzipSync(raw) : raw),
    now: Date.parse(about.clock ?? "2026-09-21T14:13:20.000Z"),
    isTransport: about.transport !== undefined,
    expectation: JSON.parse(readFileSync(join(folder, "expect.json"), "utf8")),
  };
}

/** What differs between a failure and its expectation; an action counts only before output, where there is a choice. */
function differences(failure: UpstreamFailure, { error, accept = {}, skip = [] }: Expectation): string[] {
  assert.ok(error);
  const found: string[] = [];
  const accepted = (field: string, value: unknown) => [value, ...(accept[field] ?? [])].map(String);

  const codes = accepted("error.kind", error.kind).flatMap((kind) => CODES_BY_KIND[kind] ?? []);
  if (!skip.includes("error.kind") && !codes.includes(failure.code)) found.push(`${failure.code}, not ${codes}`);
  const actions = accepted("error.action", error.action).map((action) => ACTIONS[action]);
  const isActionOpen = error.beforeOutput !== false && !skip.includes("error.action");
  if (isActionOpen && !actions.includes(failure.action)) found.push(`${failure.action}, not ${actions}`);
  if (error.retryAfterMs != null && !skip.includes("error.retryAfterMs")) {
    const waits = accepted("error.retryAfterMs", error.retryAfterMs);
    if (!waits.includes(String(failure.retryAfterMs))) found.push(`${failure.retryAfterMs} ms, not ${waits}`);
  }
  return found;
}

function report(title: string, results: ReadonlyMap<string, string[]>): void {
  const failed = [...results].filter(([, found]) => found.length > 0);
  console.log(`${title}: ${results.size} cases, ${results.size - failed.length} passed, ${failed.length} failed`);
  for (const [id, found] of failed) console.log(`  ${id}: ${found.join("; ")}`);
  assert.deepEqual(failed, []);
}

/** The last object in a stream or body that tells an error: an event, a line of NDJSON, or bare JSON at the end. */
function errorIn(body: string): unknown {
  const whole = json(body);
  const bareAtEnd = json(/\n(\{[\s\S]*\})\s*$/.exec(body)?.[1]) ?? json(/\n\s*\n(\{\s[\s\S]*\})\s*$/.exec(body)?.[1]);
  const lines = body.split(/\r\n|\n|\r/).map((line) => json(/^(?:data: ?|error: ?)?(\{.*\})\s*$/.exec(line)?.[1]));
  return [...lines, bareAtEnd, whole].map(errorOf).findLast((error) => error !== undefined);
}

const FAILED_FINISHES = /MALFORMED_FUNCTION_CALL|UNEXPECTED_TOOL_CALL|insufficient_system_resource/;

// biome-ignore lint/suspicious/noExplicitAny: the shapes of all providers
function errorOf(event: any): unknown {
  if (event?.error || event?.type === "error" || event?.response?.error || event?.promptFeedback?.blockReason)
    return event;
  const choice = event?.choices?.[0] ?? event?.candidates?.[0];
  return FAILED_FINISHES.test(choice?.finish_reason ?? choice?.finishReason) ? choice : undefined;
}

function json(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? "");
  } catch {
    return undefined;
  }
}

if (existsSync(join(CORPUS, "cases"))) {
  const cases = readdirSync(join(CORPUS, "cases"))
    .sort()
    .map(readCase)
    .filter((one) => one.expectation.error !== null && !one.isTransport);

  test("classifyResponse() judges every HTTP error of the wire corpus as expected", () => {
    const httpErrors = cases.filter((one) => one.status >= 400);
    assert.ok(httpErrors.length >= 80, `only ${httpErrors.length} cases found`);
    report(
      "classifyResponse",
      new Map(httpErrors.map((one) => [one.id, differences(classifyResponse(one), one.expectation)])),
    );
  });

  test("classifyErrorObject() judges the errors inside bodies and streams of the wire corpus as expected", () => {
    const inBodies = cases
      .filter((one) => one.status < 400)
      .map((one) => ({ ...one, error: errorIn(one.body) }))
      .filter((one) => one.error !== undefined);
    assert.ok(inBodies.length >= 28, `only ${inBodies.length} errors found`);
    report(
      "classifyErrorObject",
      new Map(inBodies.map((one) => [one.id, differences(classifyErrorObject(one.error, one), one.expectation)])),
    );
  });

  test("classifyResponse() judges good statuses without an answer as the wire corpus expects", () => {
    const noAnswers = cases.filter((one) => /^syn-(html-200|garbage|empty-body)/.test(one.id));
    assert.equal(noAnswers.length, 4);
    report("no answer", new Map(noAnswers.map((one) => [one.id, differences(classifyResponse(one), one.expectation)])));
  });

  test("classifyErrorObject() takes the error member as well as the whole body", () => {
    const nested = cases.map((one) => ({ ...one, error: json(one.body) as { error?: unknown } }));
    const withMember = nested.filter((one) => one.status >= 400 && typeof one.error?.error === "object");
    assert.ok(withMember.length >= 50, `only ${withMember.length} cases found`);
    for (const { error, id, ...context } of withMember) {
      const whole = classifyErrorObject(error, context);
      const member = classifyErrorObject(error.error, context);
      assert.deepEqual([member.code, member.action], [whole.code, whole.action], id);
    }
  });
} else {
  test("wire corpus is absent, so classify_test.ts ran its own table only", () => {
    console.log(`No wire corpus at '${CORPUS}': set WIRE_CORPUS to its folder`);
    assert.equal(existsSync(CORPUS), false);
  });
}
