export type { MockOptions } from "./mock_provider.ts";
export { MockProvider } from "./mock_provider.ts";
