const SECRET_FIELD = /^(api_?key|key|password|secret|token|authorization|cookie|hash)$/i;
const HIDDEN = "…";

/** Beginnings of keys that are handed out, ours and others', with enough after them to be one. */
const SECRET_TEXT = /\b(sk-|cf-|AIza|gsk_|xai-|ghp_|Bearer\s+)[\w.-]{12,}/g;

/** The same data with fields that are named like secrets, and texts that look like keys, made unreadable. */
export function withoutSecrets(value: unknown): unknown {
  if (typeof value === "string") return value.replace(SECRET_TEXT, HIDDEN);
  if (Array.isArray(value)) return value.map(withoutSecrets);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      name,
      SECRET_FIELD.test(name) && typeof inner === "string" ? HIDDEN : withoutSecrets(inner),
    ]),
  );
}
