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

test("run() tells the program to end when its signal aborts", async () => {
  const stop = new AbortController();
  const code = await run(
    process.execPath,
    ["-e", "process.on('SIGTERM', () => process.exit(5)); console.log('up'); setInterval(() => {}, 1000)"],
    {
      signal: stop.signal,
      onOutput: () => stop.abort(),
    },
  );
  assert.equal(code, 5);
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

test("run() with endsWithParent tells the program to end when the shell above was killed", async () => {
  const inner =
    "process.on('SIGTERM', () => { console.log('told'); process.exit() }); console.log('up'); setInterval(() => {}, 1000)";
  const outer = `import { run } from ${JSON.stringify(new URL("run.mjs", import.meta.url).href)};
    await run(process.execPath, ["-e", ${JSON.stringify(inner)}], { endsWithParent: true });`;
  // The shell has more to do afterwards, so it stays in between instead of becoming the program.
  const shell = spawn("sh", ["-c", '"$0" --input-type=module -e "$1"; true', process.execPath, outer], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let output = "";
  const said = (word) =>
    new Promise((resolve) => {
      const look = () => output.includes(word) && resolve();
      shell.stdout.on("data", (text) => {
        output += text;
        look();
      });
    });
  await said("up");
  shell.kill("SIGKILL");
  await said("told");
});
