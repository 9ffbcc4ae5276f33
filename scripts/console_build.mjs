import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { filesBelow, fingerprintFiles } from "./fingerprint.mjs";
import { say, showProgress } from "./progress.mjs";
import { run } from "./run.mjs";
import { ROOT } from "./runtime.mjs";

const STAMP = ".cogniforge-build";
const NOT_SOURCES = new Set([
  "node_modules",
  "build",
  "paraglide",
  "test-results",
  "playwright-report",
  "e2e",
  "coverage",
]);
// What the console's pages are bundled from. The server is not among them: the console takes only its types.
const BUNDLED = ["apps/admin", "packages/client", "packages/core"];

// Nothing hidden is bundled, and paraglide writes hidden files beside its settings on the first build: counted as sources, they
// would have made every first build look old.
const isNotSource = (name) =>
  name.startsWith(".") || NOT_SOURCES.has(name) || /(_test\.m?ts|\.test\.ts|\.md)$/.test(name);

/** A hash over everything from which the console is built. */
export function consoleSources(root = ROOT) {
  const files = BUNDLED.flatMap((folder) => filesBelow(join(root, folder), isNotSource));
  return fingerprintFiles(root, [...files, join(root, "package-lock.json")].filter(existsSync));
}

// The stamp names the output too, because another command may have built other sources into the same folder since.
function stampContents(root) {
  const build = join(root, "apps/admin/build");
  const output = filesBelow(build, (name) => name === STAMP);
  return `${consoleSources(root)}\n${fingerprintFiles(root, output)}\n`;
}

/** Tells whether the console's build is there and made from the present sources. */
export function consoleIsCurrent(root = ROOT) {
  const stamp = join(root, "apps/admin/build", STAMP);
  return existsSync(stamp) && readFileSync(stamp, "utf8") === stampContents(root);
}

/** Remembers that the console's build was made from the present sources. */
export function stampConsole(root = ROOT) {
  if (existsSync(join(root, "apps/admin/build/handler.js"))) {
    writeFileSync(join(root, "apps/admin/build", STAMP), stampContents(root));
  }
}

/**
 * Builds the console's pages when they are not built or older than their sources.
 *
 * @returns {Promise<number>} The build's exit code; 0 when there was nothing to do.
 */
export async function ensureConsole({ env }) {
  if (consoleIsCurrent()) return 0;
  const sources = consoleSources();
  const end = showProgress({
    english: "Building the console's pages (only after a change, half a minute or more)",
    arabic: "بناء صفحات لوحة التحكم (بعد التغيير فقط، نصف دقيقة أو أكثر)",
  });
  let output = "";
  const onOutput = (text) => {
    output += text;
  };
  const code = await run("npm", ["run", "build", "-w", "@cogniforge/admin"], { env, onOutput });
  const seconds = end();
  if (code > 128) return code; // stopped by a signal: whoever sent it knows
  if (code !== 0) {
    process.stderr.write(output);
    say(
      `The console could not be built: exit code ${code} after ${seconds} s, see the messages above`,
      `تعذّر بناء لوحة التحكم: رمز الخروج ${code} بعد ${seconds} ث، راجع الرسائل أعلاه`,
    );
    return code;
  }
  // Sources that changed during the build are not what was built: leave it to the next start to build again.
  if (consoleSources() === sources) stampConsole();
  say(`Console built in ${seconds} s`, `اكتمل بناء لوحة التحكم خلال ${seconds} ث`);
  return 0;
}
