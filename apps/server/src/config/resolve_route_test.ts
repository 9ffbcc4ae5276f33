import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { loadConfig, resolveRoute } from "./mod.ts";

const config = await loadConfig({
  environment: { OPENROUTER_API_KEY: "a-key", LLM_MAX_RETRIES: "3" },
  directory: join(tmpdir(), "a-folder-that-is-not-there"),
});

test("resolveRoute() finds a route by its name", () => {
  expect(resolveRoute(config, "default")).toBe(config.routes.default);
});

test("resolveRoute() takes what stands before the first slash for the provider, under the default route's limits", () => {
  expect(resolveRoute(config, "openrouter/openai/gpt-4o:free")).toEqual({
    ...config.routes.default,
    name: "openrouter/openai/gpt-4o:free",
    targets: [{ provider: "openrouter", model: "openai/gpt-4o:free" }],
  });
  expect(resolveRoute(config, "openrouter/m")?.maxRetries).toBe(3);
});

test.each([
  "",
  "other",
  "openrouter",
  "openrouter/",
  "/openrouter",
  "gemini/m",
  "constructor",
  "toString/m",
  "__proto__/m",
])("resolveRoute() finds nothing by '%s'", (name) => {
  expect(resolveRoute(config, name)).toBeUndefined();
});
