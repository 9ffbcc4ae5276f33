import { defineConfig } from "@playwright/test";
import { CHROMIUM_LAUNCH } from "./chromium_launch.ts";

export default defineConfig({
  testDir: "e2e",
  outputDir: "test-results",
  // Each test starts its own server. A long run measures smoothness, for which it must be alone.
  workers: process.env.COGNIFORGE_LONG === "1" ? 1 : 2,
  retries: 0,
  // Every flow is there in both languages: the ordinary run goes through it in the one that is harder to lay out.
  // The pages of administrators, which take as long as all others together, and the measure of smoothness wait for a long run.
  grepInvert:
    process.env.COGNIFORGE_LONG === "1" || process.env.COGNIFORGE_SCREENSHOTS
      ? []
      : [/\.spec\.ts (in )?en /, /(access|dashboard|doctor|routes|smoothness)\.spec\.ts /],
  // The documentation's pictures are taken when somebody names their folder.
  testIgnore: process.env.COGNIFORGE_SCREENSHOTS ? [] : ["screenshots.spec.ts"],
  forbidOnly: true,
  timeout: 60_000,
  expect: { timeout: 15_000 },
  reporter: "list",
  use: {
    locale: "ar",
    viewport: { width: 1280, height: 800 },
    trace: "retain-on-failure",
    launchOptions: CHROMIUM_LAUNCH,
  },
});
