// Checks that every file and folder that a document of the project names is there: `node scripts/document_paths.mjs`.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { ROOT } from "./runtime.mjs";

/**
 * The paths that a Markdown text names, each with its line: targets of links and images, and paths in backticks. Fenced code is
 * left out, since it shows what a reader types and sees; addresses, patterns and placeholders are no paths.
 *
 * @returns {{ path: string, line: number, isLink: boolean }[]}
 */
export function namedPaths(markdown) {
  const found = [];
  let fence;
  for (const [index, text] of markdown.split("\n").entries()) {
    const mark = /^\s*(`{3,}|~{3,})/.exec(text)?.[1];
    if (mark && (fence === undefined || mark.startsWith(fence))) fence = fence === undefined ? mark : undefined;
    if (mark || fence !== undefined) continue;
    const line = index + 1;
    for (const [, target] of text.matchAll(/\]\(<?([^)\s>]+)>?(?:\s+"[^"]*")?\)/g)) {
      if (!/^(?:[a-z][a-z+.-]*:|#|\/\/)/i.test(target)) {
        found.push({ path: decodeURI(target.replace(/[?#].*$/, "")), line, isLink: true });
      }
    }
    for (const [, code] of text.matchAll(/`([^`]+)`/g)) {
      const path = code.replace(/(?::\d+)+$|#.*$/, "");
      const isPath = /^\.{0,2}[\w@[\]().+-]+(?:\/[\w@[\]().+-]+)+\/?$/.test(path) || /^\w[\w.-]*\.md$/.test(path);
      if (isPath && !/\.{3}/.test(path)) found.push({ path, line, isLink: false });
    }
  }
  return found;
}

/**
 * The named paths of one document that are not there. In backticks a path may start at the root or beside the document, and only
 * what begins with a file or folder of the project counts: `openai/gpt-4o-mini` is a model.
 */
export function missingPaths(root, document, markdown) {
  const here = join(root, dirname(document));
  return namedPaths(markdown).filter(({ path, isLink }) => {
    const places = path.startsWith("/")
      ? [join(root, path)]
      : isLink
        ? [resolve(here, path)]
        : [resolve(root, path), resolve(here, path)];
    if (places.some((place) => existsSync(place))) return false;
    if (isLink) return true;
    const isInside = places.some((place) => place.startsWith(root + sep));
    const [first] = path.split("/");
    const isOurs =
      first.startsWith(".") || path.endsWith(".md") || [root, here].some((folder) => existsSync(join(folder, first)));
    return isInside && isOurs;
  });
}

function git(...args) {
  return spawnSync("git", args, { cwd: ROOT, encoding: "utf8" }).stdout.split("\n").filter(Boolean);
}

function main() {
  let failures = 0;
  const documents = git("ls-files", "--cached", "--others", "--exclude-standard", "--", "*.md").filter((file) =>
    existsSync(join(ROOT, file)),
  );
  for (const document of documents) {
    const missing = missingPaths(ROOT, document, readFileSync(join(ROOT, document), "utf8"));
    for (const { path, line } of missing) {
      // What git ignores is made on the reader's machine: built pages, data. The slash is for rules that mean folders only.
      if (git("check-ignore", "--no-index", path, `${path}/`).length > 0) continue;
      process.stdout.write(`${document}:${line}: names ${path}, which is not there\n`);
      failures++;
    }
  }
  process.stdout.write(`${documents.length} documents read, ${failures} paths missing\n`);
  process.exitCode = failures > 0 ? 1 : 0;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main();
