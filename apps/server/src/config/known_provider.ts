import type { ProviderConfig } from "./config.ts";

/** A provider with the model that it is asked for where a target names none. */
export interface KnownProvider {
  config: ProviderConfig;
  model: string | undefined;
}

/** The model of a mock that has no other name. */
export const MOCK_MODEL = "mock";
