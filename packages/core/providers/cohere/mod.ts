export type { CohereOptions } from "./cohere_provider.ts";
export { CohereProvider } from "./cohere_provider.ts";
