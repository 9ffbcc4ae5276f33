export type { OpenAiResponsesOptions } from "./openai_responses_provider.ts";
export { OpenAiResponsesProvider } from "./openai_responses_provider.ts";
