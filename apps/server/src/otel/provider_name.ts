/** Names that the conventions have for providers which we call otherwise: https://opentelemetry.io/docs/specs/semconv/registry/attributes/gen-ai/ */
const KNOWN: Readonly<Record<string, string>> = {
  azure: "azure.ai.openai",
  gemini: "gcp.gemini",
  mistral: "mistral_ai",
  vertex: "gcp.vertex_ai",
  xai: "x_ai",
};

/** A provider as the conventions call it: their name for one that they know, else the one that it is configured under. */
export function providerName(provider: string): string {
  return Object.hasOwn(KNOWN, provider) ? (KNOWN[provider] ?? provider) : provider;
}
