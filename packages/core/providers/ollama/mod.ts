export type { OllamaOptions } from "./ollama_provider.ts";
export { OllamaProvider } from "./ollama_provider.ts";
