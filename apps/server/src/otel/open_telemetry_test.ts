import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const APP = new URL("../app/mod.ts", import.meta.url).href;
const SDK = new URL("start_export.ts", import.meta.url).href;

/** Names of the SDK's packages that importing these modules loads. */
async function sdkPackagesOf(...modules: string[]): Promise<string[]> {
  const program = `
    import { registerHooks } from "node:module";
    const seen = new Set();
    registerHooks({
      resolve(specifier, context, next) {
        const [name] = /^@opentelemetry\\/(sdk|exporter|resources)[a-z-]*/.exec(specifier) ?? [];
        if (name !== undefined) seen.add(name);
        return next(specifier, context);
      },
    });
    for (const one of ${JSON.stringify(modules)}) await import(one);
    console.log(JSON.stringify([...seen].sort()));
    process.exit();
  `;
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "-e", program]);
  return JSON.parse(stdout);
}

test("the program loads OpenTelemetry's SDK only where something is sent", { timeout: 30_000 }, async () => {
  expect(await sdkPackagesOf(APP)).toEqual([]);
  expect(await sdkPackagesOf(SDK)).toContain("@opentelemetry/sdk-trace");
});
