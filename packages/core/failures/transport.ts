import type { FailureCode } from "./codes.ts";
import { cleanDetail } from "./detail.ts";
import { type FailureAction, UpstreamError, type UpstreamFailure } from "./upstream_failure.ts";

/** Where the connection failed. */
export type TransportStage = "before-headers" | "body";

interface TransportRule {
  code: FailureCode | Readonly<Record<TransportStage, FailureCode>>;
  action: FailureAction | Readonly<Record<TransportStage, FailureAction>>;
  /** Tested against the names, codes and messages of the error and all its causes. */
  says: RegExp;
}

/**
 * Runtimes tell the same event differently: Node by `cause.code`, Deno by the text of the cause, Bun by `code` and
 * message. So every rule knows all three, and none relies on one.
 */
const TRANSPORT_RULES: readonly TransportRule[] = [
  { code: "cancelled", action: "tell", says: /\bAbortError\b/ },
  {
    code: { "before-headers": "connect-timeout", body: "stall" },
    action: "fallback",
    says: /UND_ERR_CONNECT_TIMEOUT|\bETIMEDOUT\b|connect(ion)? ?time(d ?)?out|operation timed out \(os error/i,
  },
  {
    code: { "before-headers": "first-token-timeout", body: "stall" },
    action: "fallback",
    says: /\bTimeoutError\b|UND_ERR_(HEADERS|BODY)_TIMEOUT|timed? ?out/i,
  },
  { code: "network", action: "retry", says: /\bEAI_AGAIN\b|temporary failure in name resolution/i },
  {
    code: "network",
    action: "fallback",
    says: /ENOTFOUND|\bEAI_|dns error|name or service not known|nodename nor servname|failed to lookup address/i,
  },
  {
    code: "network",
    action: "fallback",
    says: /ECONNREFUSED|ConnectionRefused|connection refused|unable to connect|E(NET|HOST)UNREACH|unreachable/i,
  },
  {
    // Not the upstream's doing: the address or the permissions of this process.
    code: "network",
    action: "fallback",
    says: /bad port|requests to port|invalid url|ERR_INVALID_URL|NotCapable|\bE(ACCES|PERM)\b/i,
  },
  {
    // Node's ECONNRESET during the handshake names TLS, but nothing is wrong with a certificate.
    code: "network",
    action: "retry",
    says: /before secure TLS connection was established/i,
  },
  {
    code: "tls",
    action: "fallback",
    says: /certificate|\bCERT_|SELF_SIGNED|UNABLE_TO_(VERIFY|GET)|ERR_(SSL|TLS)|\b(tls|ssl)\b|InvalidContentType|handshake/i,
  },
  { code: "malformed", action: "fallback", says: /redirect/i },
  {
    // Where the upstream has announced `connection: close`, Node lets its parser judge how a lost connection ended the body.
    code: { "before-headers": "network", body: "cut" },
    action: "retry",
    says: /HPE_INVALID_EOF_STATE|invalid eof state/i,
  },
  {
    // Headers that contradict one another: two lengths, or a length beside chunks.
    code: { "before-headers": "malformed", body: "cut" },
    // A body below its length is a cut like any other.
    action: { "before-headers": "fallback", body: "retry" },
    says: /CONTENT_LENGTH_MISMATCH|invalid content-length|InvalidContentLength/i,
  },
  {
    code: "malformed",
    action: "fallback",
    says: /HTTPParserError|\bHPE_|HEADERS_OVERFLOW|message head is too large|HeadersTooLarge|invalid http|Malformed_HTTP|InvalidHTTPResponse|http (version|status|header) pars|parse error|invalid chunk/i,
  },
  {
    code: "malformed",
    action: "fallback",
    says: /\bZ_(DATA|BUF)_ERROR|ZlibError|Brotli|decompress|gzip|deflate|incorrect header check|unexpected end of file/i,
  },
];

/**
 * Everything else is a connection that was lost: reset, closed, "terminated", or broken in a way that no runtime names.
 * A stale kept-alive connection does this too, which is why one more try is worth it.
 */
const LAST_TRANSPORT_RULE = {
  code: { "before-headers": "network", body: "cut" },
  action: "retry",
} as const satisfies Omit<TransportRule, "says">;

/**
 * Classifies what `fetch()` or the reading of a body threw.
 *
 * A limit that the caller set itself is better told by the caller, from `signal.reason`: here an `AbortError` is
 * `cancelled`, and a `TimeoutError` the limit of the stage in which it struck.
 */
export function classifyTransportError(error: unknown, context: { stage: TransportStage }): UpstreamFailure {
  if (error instanceof UpstreamError) return error.failure;
  const story = [...tellings(error)].join("\n");
  // Deno and Bun name the address, whose words ("tls.example") say nothing about the failure.
  const evidence = story.replace(/\bhttps?:\/\/[^\s"')]+/gi, "");
  const { code, action } = TRANSPORT_RULES.find((rule) => rule.says.test(evidence)) ?? LAST_TRANSPORT_RULE;
  const { stage } = context;
  const failure: UpstreamFailure = {
    code: typeof code === "string" ? code : code[stage],
    action: typeof action === "string" ? action : action[stage],
  };
  const detail = cleanDetail(story);
  return detail === undefined ? failure : { ...failure, detail };
}

/** Names, codes and messages of an error, its causes, and the members of an aggregate (one for each address tried). */
function* tellings(error: unknown, depth = 0): Generator<string> {
  if (depth > 5 || error === undefined || error === null) return;
  if (typeof error !== "object") {
    yield String(error);
    return;
  }
  const { name, code, message, cause, errors } = error as Record<string, unknown>;
  for (const word of [name, code, message]) if (typeof word === "string" && word !== "") yield word;
  yield* tellings(cause, depth + 1);
  if (Array.isArray(errors)) for (const one of errors.slice(0, 5)) yield* tellings(one, depth + 1);
}
