import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";

/** Every file below a folder, sorted, without the folders (by name) and files that `skip` accepts. */
export function filesBelow(folder, skip = () => false) {
  const found = [];
  const visit = (path) => {
    for (const entry of readdirSync(path, { withFileTypes: true })) {
      const full = join(path, entry.name);
      if (skip(entry.name, full)) continue;
      if (entry.isDirectory()) visit(full);
      else if (entry.isFile()) found.push(full);
    }
  };
  if (existsSync(folder)) visit(folder);
  return found.sort();
}

/** A hash over the names and bytes of files: equal exactly when nothing was added, removed, renamed or changed. */
export function fingerprintFiles(root, files) {
  const hash = createHash("sha256");
  for (const file of files) {
    const bytes = readFileSync(file);
    hash.update(`${relative(root, file).split(sep).join("/")}\0${bytes.length}\0`).update(bytes);
  }
  return hash.digest("hex");
}
