import { rmSync } from "node:fs";
import { join } from "node:path";
import { dependenciesAreCurrent, stampDependencies } from "./dependencies.mjs";
import { say, showProgress } from "./progress.mjs";
import { run } from "./run.mjs";
import { findNode, ROOT, toolEnvironment, withoutProjectTools } from "./runtime.mjs";

/**
 * Makes the checkout ready to run, under any Node from 18 on and without a single dependency: installs what the lockfile names
 * when it is not there yet, and finds the Node that runs the rest.
 *
 * Ends the process with a message in both languages when that cannot be.
 *
 * @returns {Promise<{ node: string, env: object }>} The Node to run, and the environment in which tools find it.
 */
export async function bootstrap() {
  if (!dependenciesAreCurrent(ROOT)) await install();
  try {
    return { node: findNode(), env: toolEnvironment() };
  } catch (error) {
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  }
}

async function install() {
  const end = showProgress({
    english: "Installing the dependencies that package-lock.json names (once, about a minute)",
    arabic: "تثبيت الحزم المذكورة في package-lock.json (مرة واحدة، نحو دقيقة)",
  });
  let output = "";
  const onOutput = (text) => {
    output += text;
  };
  // npm replaces node_modules, so it must not run on the Node that lies in it; and with NODE_ENV=production it would leave out
  // what builds the console.
  const env = { ...process.env, PATH: withoutProjectTools(process.env.PATH ?? "") };
  rmSync(join(ROOT, "node_modules", ".cogniforge-install"), { force: true });
  const args = ["ci", "--loglevel=error", "--include=dev", "--include=optional"];
  const code = await run("npm", args, { env, onOutput }).catch((error) => {
    output += `${error.message}\n`;
    return 127;
  });
  const seconds = end();
  if (code > 128) process.exit(code); // stopped by a signal: whoever sent it knows
  if (code !== 0) {
    process.stderr.write(output);
    say(
      `npm ci failed with exit code ${code} after ${seconds} s: read npm's message above; most often the registry was not reachable (npm config get registry) or package-lock.json does not fit package.json`,
      `فشل الأمر npm ci برمز الخروج ${code} بعد ${seconds} ث: اقرأ رسالة npm أعلاه؛ غالبًا ما يكون السبب تعذّر الوصول إلى سجل الحزم أو عدم تطابق package-lock.json مع package.json`,
    );
    process.exit(code);
  }
  stampDependencies(ROOT);
  say(`Dependencies installed in ${seconds} s`, `اكتمل تثبيت الحزم خلال ${seconds} ث`);
}
