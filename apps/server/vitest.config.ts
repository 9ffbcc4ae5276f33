import { defineConfig } from "vitest/config";

export default defineConfig({
  // Most of a test's time here is waiting for another process: three files at a time, also on a machine with two cores.
  test: { name: "server", include: ["**/*_test.ts"], globalSetup: ["test/not_run.ts"], maxWorkers: 3 },
});
