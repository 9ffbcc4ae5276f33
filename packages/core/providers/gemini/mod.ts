export type { GeminiOptions } from "./gemini_provider.ts";
export { GeminiProvider } from "./gemini_provider.ts";
