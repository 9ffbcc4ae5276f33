/** What stands where a secret was; for a secret of several lines with its line breaks, so that line numbers stay true. */
const MASK = "[masked secret]";

/** Keys by the shapes that their makers give them, so that scanners find them. */
const SHAPES = new RegExp(
  [
    // OpenAI, Anthropic, OpenRouter, DeepSeek and their like; Groq, xAI, Perplexity, Hugging Face, Replicate, NVIDIA.
    String.raw`\bsk-[A-Za-z0-9_-]{16,}`,
    String.raw`\b(?:gsk_|xai-|pplx-|hf_|r8_|nvapi-|csk-|fw_|tgp_v1_)[A-Za-z0-9_-]{20,}`,
    // Amazon, Google, Azure, Cloudflare, DigitalOcean, Databricks, Vault, Doppler.
    String.raw`\b(?:AKIA|ASIA|ABIA|ACCA|AROA|AIDA)[A-Z0-9]{16}\b`,
    String.raw`\bAIza[A-Za-z0-9_-]{35}`,
    String.raw`\bGOCSPX-[A-Za-z0-9_-]{20,}`,
    String.raw`\bya29\.[A-Za-z0-9_-]{20,}`,
    String.raw`\b(?:dop|doo|dor)_v1_[a-f0-9]{40,}`,
    String.raw`\bdapi[a-f0-9]{32}`,
    String.raw`\bhv[sbr]\.[A-Za-z0-9_-]{20,}`,
    String.raw`\bdp\.(?:pt|st|ct|sa)\.[A-Za-z0-9]{30,}`,
    String.raw`\b(?:AccountKey|SharedAccessKey)=[A-Za-z0-9+/=]{20,}`,
    // GitHub, GitLab, npm, PyPI, Docker, Atlassian, Linear, Notion, Figma.
    String.raw`\bgh[pousr]_[A-Za-z0-9]{30,}`,
    String.raw`\bgithub_pat_[A-Za-z0-9_]{40,}`,
    String.raw`\bgl(?:pat|dt|rt|cbt|ptt|ft|soat)-[A-Za-z0-9_.-]{20,}`,
    String.raw`\bnpm_[A-Za-z0-9]{30,}`,
    String.raw`\bpypi-[A-Za-z0-9_-]{40,}`,
    String.raw`\bdckr_(?:pat|oat)_[A-Za-z0-9_-]{20,}`,
    String.raw`\bATATT3[A-Za-z0-9_=-]{40,}`,
    String.raw`\b(?:lin_api_|ntn_|figd_|secret_)[A-Za-z0-9_-]{30,}`,
    // Slack, Discord, Telegram, Twilio, SendGrid, Mailgun, Stripe, Square, Shopify.
    String.raw`\bxox[abeoprs]-[A-Za-z0-9-]{10,}`,
    String.raw`\bxapp-[A-Za-z0-9-]{20,}`,
    String.raw`\bhooks\.slack\.com/services/[A-Za-z0-9/_-]{20,}`,
    String.raw`\bdiscord(?:app)?\.com/api/webhooks/\d+/[A-Za-z0-9_-]{20,}`,
    String.raw`\b[MNO][A-Za-z\d_-]{23,25}\.[A-Za-z\d_-]{6}\.[A-Za-z\d_-]{27,}`,
    String.raw`\b\d{8,10}:AA[A-Za-z0-9_-]{33}`,
    String.raw`\b(?:SK|AC)[a-f0-9]{32}\b`,
    String.raw`\bSG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}`,
    String.raw`\bkey-[a-f0-9]{32}\b`,
    String.raw`\b(?:[sr]k_(?:live|test)|whsec|sq0(?:atp|csp)|EAAA)[_-][A-Za-z0-9_-]{16,}`,
    String.raw`\bshp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}`,
    // A JSON web token, an age key, a key of this program.
    String.raw`\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}(?:\.[A-Za-z0-9_-]*)?`,
    String.raw`\bAGE-SECRET-KEY-1[A-Z0-9]{50,}`,
    String.raw`\bcf-[A-Za-z0-9_-]{32,}`,
  ].join("|"),
  "g",
);

/** From the first line of a private key to its last, or to the end of what is there of it. */
const PRIVATE_KEY =
  /-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----[\s\S]*?(?:-----END [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----|$(?![\s\S]))/g;

/** The password of an address. */
const ADDRESS = /(\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s:/@'"`]{0,64}:)([^\s@/'"`]{3,})(?=@)/gi;

/** The header in which credentials are sent. */
const CREDENTIALS = /(\b(?:Bearer|Basic)\s+)([A-Za-z0-9+/_.~=-]{16,})/g;

/** A literal that is assigned to a name which speaks of a secret; what is read from elsewhere (`env.KEY`, `${KEY}`) is no literal. */
const ASSIGNED =
  /((?:api[-_]?key|apikey|secret|token|passw(?:or)?d|passwd|pwd|private[-_]?key|access[-_]?key|auth[-_]?key|encryption[-_]?key|credential|signing[-_]?key)s?["'`]?\s{0,4}(?:=>|:=|[:=])\s{0,4}(?:str|string)?\s{0,2})(["'`])((?!\$\{|\{\{|<|%|process\.|os\.)[^"'`\n\s]{8,})\2/gi;

/** The same without quotes, as in `.ini`, `.properties`, shell and YAML files: only where the value looks random. */
const ASSIGNED_BARE =
  /((?:api[-_]?key|apikey|secret|token|passw(?:or)?d|passwd|pwd|private[-_]?key|access[-_]?key|auth[-_]?key)["']?\s{0,4}[:=]\s{0,4})(?=[^\s"'`,;]*\d)(?=[^\s"'`,;]*[A-Za-z])([A-Za-z0-9+/_=!@#$^&*~-]{12,})(?=[\s,;]|$)/gim;

/**
 * Replaces secrets in a text by their shapes, by the names they are assigned to, and by their values where those are known.
 *
 * Give it a whole text, as a piece may hold half a secret, which has no shape.
 */
export function maskSecrets(text: string, known: readonly string[] = []): string {
  let masked = text;
  // Short ones would strike ordinary words.
  for (const value of known) if (value.length >= 8) masked = masked.replaceAll(value, MASK);
  return masked
    .replace(PRIVATE_KEY, (key) => MASK + "\n".repeat(key.split("\n").length - 1))
    .replace(SHAPES, MASK)
    .replace(ADDRESS, `$1${MASK}`)
    .replace(CREDENTIALS, `$1${MASK}`)
    .replace(ASSIGNED, `$1$2${MASK}$2`)
    .replace(ASSIGNED_BARE, `$1${MASK}`);
}
