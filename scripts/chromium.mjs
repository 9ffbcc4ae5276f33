import { spawnSync } from "node:child_process";
import { accessSync, constants, existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { say, showProgress } from "./progress.mjs";
import { run } from "./run.mjs";
import { ROOT } from "./runtime.mjs";

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];
const MAC = [
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
];
const PLAYWRIGHT_HOST = "https://cdn.playwright.dev";

/** The first program of one of these names on a PATH; `undefined` when there is none. */
export function findOnPath(names, path) {
  for (const name of names) {
    for (const folder of path.split(delimiter)) {
      const file = join(folder, name);
      try {
        accessSync(file, constants.X_OK);
        return file;
      } catch {
        // not here: the next folder
      }
    }
  }
  return undefined;
}

/** Tells whether a browser really starts: Ubuntu's `chromium-browser` may be a mere pointer to a snap, and libraries may be missing. */
export function starts(file) {
  return existsSync(file) && spawnSync(file, ["--version"], { timeout: 30_000 }).status === 0;
}

function playwrightsOwn({ node, env }) {
  const script = 'import("playwright").then(({ chromium }) => console.log(chromium.executablePath()))';
  const { stdout } = spawnSync(node, ["-e", script], { cwd: ROOT, env, encoding: "utf8" });
  return stdout?.trim() || undefined;
}

/** The browser that is there already; `undefined` when there is none that starts. */
export function findChromium({ node, env }) {
  const onPath = NAMES.map((name) => findOnPath([name], env.PATH ?? ""));
  const installed = [...onPath, ...(process.platform === "darwin" ? MAC : [])];
  const isUsable = (file) => file !== undefined && starts(file);
  return installed.find(isUsable) ?? [playwrightsOwn({ node, env })].find(isUsable);
}

async function isReachable(url) {
  try {
    await fetch(url, { method: "HEAD", signal: AbortSignal.timeout(4000) });
    return true;
  } catch {
    return false;
  }
}

async function installWithPlaywright({ env }) {
  // Node's fetch does not go through a proxy: where one is set, Playwright itself has to find out.
  const isCustom = env.PLAYWRIGHT_DOWNLOAD_HOST || env.HTTPS_PROXY || env.https_proxy;
  if (!isCustom && !(await isReachable(PLAYWRIGHT_HOST))) return;
  const limits = { ...env, PLAYWRIGHT_DOWNLOAD_CONNECTION_TIMEOUT: "10000" };
  await run("playwright", ["install", "chromium"], { env: limits, onOutput: () => {}, timeoutMs: 300_000 }).catch(
    () => 1,
  );
}

async function installWithApt({ env }) {
  if (!findOnPath(["apt-get"], env.PATH ?? "")) return "";
  const isRoot = process.getuid?.() === 0;
  if (!isRoot && spawnSync("sudo", ["-n", "true"]).status !== 0) return "";
  const sudo = isRoot ? [] : ["sudo", "-n", "-E"];
  let output = "";
  const apt = (...args) => {
    const [command, ...rest] = [...sudo, "apt-get", "-q", ...args];
    const onOutput = (text) => {
      output += text;
    };
    return run(command, rest, { env: { ...env, DEBIAN_FRONTEND: "noninteractive" }, onOutput, timeoutMs: 600_000 });
  };
  await apt("update").catch(() => 1);
  // A machine without a single Arabic font would draw boxes wherever the console's own font does not reach.
  const code = await apt("install", "-y", "--no-install-recommends", "chromium", "fonts-noto-core").catch(() => 1);
  return code === 0 ? "" : output;
}

/**
 * Finds a Chromium for the console's tests, or installs one: with Playwright where its host can be reached, else with Debian's
 * package manager where this user may.
 *
 * @returns {Promise<string | undefined>} The program's path; `undefined`, after a message that says what to do, when there is none.
 */
export async function ensureChromium({ node, env }) {
  const wanted = env.COGNIFORGE_CHROMIUM;
  if (wanted) {
    if (starts(wanted)) return wanted;
    say(
      `COGNIFORGE_CHROMIUM names ${wanted}, which does not start: name the program of a Chromium or unset the variable`,
      `القيمة ${wanted} في المتغير COGNIFORGE_CHROMIUM لا تشغّل متصفحًا: ضع مسار Chromium أو ألغِ المتغير`,
    );
    return undefined;
  }
  const present = findChromium({ node, env });
  if (present) return present;
  const end = showProgress({
    english: "Installing a Chromium for the console's tests (once)",
    arabic: "تثبيت متصفح Chromium لاختبارات لوحة التحكم (مرة واحدة)",
  });
  await installWithPlaywright({ env });
  let found = findChromium({ node, env });
  let complaint = "";
  if (!found) {
    complaint = await installWithApt({ env });
    found = findChromium({ node, env });
  }
  const seconds = end();
  if (found) {
    say(`Chromium installed in ${seconds} s: ${found}`, `اكتمل تثبيت Chromium خلال ${seconds} ث: ${found}`);
    return found;
  }
  process.stderr.write(complaint.split("\n").slice(-20).join("\n"));
  say(
    "No Chromium was found and none could be installed, so the console's tests cannot run: install Chromium or Chrome, or name its program in COGNIFORGE_CHROMIUM",
    "لم يُعثر على Chromium ولم يمكن تثبيته، فلا يمكن تشغيل اختبارات لوحة التحكم: ثبّت Chromium أو Chrome أو ضع مساره في المتغير COGNIFORGE_CHROMIUM",
  );
  return undefined;
}
