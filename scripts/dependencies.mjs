import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const FIELDS = [
  "workspaces",
  "dependencies",
  "devDependencies",
  "optionalDependencies",
  "peerDependencies",
  "overrides",
  "allowScripts",
];

const stampOf = (root) => join(root, "node_modules", ".cogniforge-install");

function readJson(path) {
  return existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : undefined;
}

/** A hash over what decides the contents of node_modules: the lockfile and the dependency fields of every package.json. */
export function wantedDependencies(root) {
  const lockText = readFileSync(join(root, "package-lock.json"), "utf8");
  const hash = createHash("sha256").update(lockText);
  const folders = Object.keys(JSON.parse(lockText).packages ?? {}).filter((path) => !path.includes("node_modules"));
  for (const folder of folders.sort()) {
    const manifest = readJson(join(root, folder, "package.json")) ?? {};
    hash.update(JSON.stringify([folder, ...FIELDS.map((field) => manifest[field] ?? null)]));
  }
  return hash.digest("hex");
}

/**
 * Tells whether npm's own record of what it installed agrees with the lockfile, so that someone's own `npm ci` is not done again.
 * Optional packages of other platforms may be missing.
 */
export function installedMatchesLock(root) {
  const locked = readJson(join(root, "package-lock.json"))?.packages ?? {};
  const installed = readJson(join(root, "node_modules", ".package-lock.json"))?.packages;
  if (!installed) return false;
  const same = (path) =>
    installed[path]?.version === locked[path]?.version && installed[path]?.integrity === locked[path]?.integrity;
  return (
    Object.keys(installed).every((path) => path in locked && same(path)) &&
    Object.keys(locked).every((path) => {
      if (!path.includes("node_modules/")) return true;
      return locked[path].optional || locked[path].devOptional ? !(path in installed) || same(path) : path in installed;
    })
  );
}

/** Tells whether node_modules is what the lockfile and the manifests ask for. */
export function dependenciesAreCurrent(root) {
  try {
    const stamp = stampOf(root);
    if (existsSync(stamp)) return readFileSync(stamp, "utf8") === wantedDependencies(root);
    if (!installedMatchesLock(root)) return false;
    stampDependencies(root);
    return true;
  } catch (error) {
    // A half-merged lockfile: npm says best what is wrong with it.
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}

/** Remembers that node_modules is now what is wanted. */
export function stampDependencies(root) {
  writeFileSync(stampOf(root), wantedDependencies(root));
}
