const MAX_DETAIL_LENGTH = 200;
const MASK = "[masked]";

/** Where a secret may stand: what follows a word for it, the well-known prefixes, tokens, and long runs that look random. */
const SECRETS: readonly RegExp[] = [
  /\b(?:bearer|basic)\s+[\w.~+/=-]{6,}/gi,
  /\beyJ[\w-]{8,}\.[\w-]+(?:\.[\w-]*)?/g,
  /(?<=\b(?:api[-_ ]?key|access[-_ ]?token|token|secret|password|authorization)(?: provided)?["']?\s*[:=]\s*["']?)[^\s"',;]+/gi,
  /\b(?:sk|pk|rk|gsk|xai|hf|r8|nvapi|ghp|pplx|tgp|csk|fw|key|AKIA|AIz)[-_]?[\w*-]{12,}/g,
  /\bsk-[\w*.-]+/g,
  /(?=[\w+/=-]*[A-Z])(?=[\w+/=-]*[a-z])(?=[\w+/=-]*\d)[\w+/=]{24,}/g,
  /(?=\w*\d)(?=\w*[A-Za-z])\w{28,}/g,
];

/**
 * A short excerpt of an upstream's words that is fit for a log: without HTML, control characters and secrets,
 * at most 200 characters. Undefined where nothing is left.
 */
export function cleanDetail(text: string): string | undefined {
  // Cutting first bounds the work; a secret that is cut apart here lies far behind the excerpt's end.
  let clean = withoutHtml(text.slice(0, 20_000)).replace(/[\p{Cc}\p{Cf}\p{Cs}\ufffd\s]+/gu, " ");
  clean = clean.slice(0, 2000);
  for (const secret of SECRETS) clean = clean.replace(secret, MASK);
  clean = clean.trim();
  if (clean.length > MAX_DETAIL_LENGTH) {
    clean = `${clean
      .slice(0, MAX_DETAIL_LENGTH - 1)
      .replace(/[\ud800-\udbff]$/, "")
      .trimEnd()}…`;
  }
  return clean === "" ? undefined : clean;
}

/** Whether a body is a page, as proxies and captive portals send. */
function isHtml(text: string): boolean {
  return /^[\s\ufeff]*<(?:!doctype|html|head|body|\?xml)/i.test(text);
}

function withoutHtml(text: string): string {
  if (!text.includes("<")) return text;
  // The title of an error page says all that the page says.
  const title = isHtml(text) ? /<title[^>]*>([^<]*)<\/title>/i.exec(text)?.[1]?.trim() : undefined;
  if (title) return title;
  return text.replace(/<(script|style)\b[\s\S]*?(?:<\/\1\s*>|$)/gi, " ").replace(/<\/?[a-z!][^>]*(?:>|$)/gi, " ");
}
