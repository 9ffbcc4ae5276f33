import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { test } from "node:test";
import { exitCodeOf, run } from "./run.mjs";

test("run() gives the program's exit code and hands its output over as it comes", async () => {
  let output = "";
  const code = await run(process.execPath, ["-e", "console.log('out'); console.error('err'); process.exitCode = 7"], {
    onOutput: (text) => {
      output += text;
    },
  });
  assert.equal(code, 7);
  assert.deepEqual(output.trim().split("\n").sort(), ["err", "out"]);
});

test("run() rejects when there is no such program", async () => {
  await assert.rejects(run("no-such-program-here", [], { onOutput: () => {} }), { code: "ENOENT" });
});

test("run() ends a program that exceeds its time", async () => {
  assert.equal(
    await run(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { timeoutMs: 50 }),
    exitCodeOf(null, "SIGKILL"),
  );
});

test("run() passes a signal on once, however often it comes, and gives the program's own exit code", async () => {
  const inner =
    "let n = 0; process.on('SIGTERM', () => { n++; setTimeout(() => process.exit(40 + n), 200) }); console.log('up'); setInterval(() => {}, 1000)";
  const outer = `import { run } from ${JSON.stringify(new URL("run.mjs", import.meta.url).href)};
    process.exitCode = await run(process.execPath, ["-e", ${JSON.stringify(inner)}]);`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", outer], { stdio: ["ignore", "pipe", "inherit"] });
  await once(child.stdout, "data");
  child.kill("SIGTERM");
  child.kill("SIGTERM");
  const [code] = await once(child, "exit");
  assert.equal(code, 41);
});
