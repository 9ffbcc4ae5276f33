import { readdir, readFile, readlink } from "node:fs/promises";

/** State of a socket that listens, in the kernel's tables. */
const LISTEN = "0A";

/**
 * Names the program that listens on a port, such as `node 4242`; `undefined` where the system does not tell.
 *
 * Reads Linux's `/proc`; of other users' programs it says nothing, and elsewhere there is no such folder.
 */
export async function whoListens(port: number): Promise<string | undefined> {
  const inodes = new Set([...(await listeningInodes("tcp", port)), ...(await listeningInodes("tcp6", port))]);
  if (inodes.size === 0) return undefined;
  const processes = (await readdir("/proc").catch(() => [])).filter((name) => /^\d+$/.test(name));
  for (const pid of processes) {
    const files = await readdir(`/proc/${pid}/fd`).catch(() => []);
    for (const file of files) {
      const target = await readlink(`/proc/${pid}/fd/${file}`).catch(() => "");
      const inode = /^socket:\[(\d+)\]$/.exec(target)?.[1];
      if (inode === undefined || !inodes.has(inode)) continue;
      const name = await readFile(`/proc/${pid}/comm`, "utf8").catch(() => "");
      return `${name.trim()} ${pid}`.trim();
    }
  }
  return undefined;
}

/** Of each line: `sl local_address rem_address st … inode`, addresses in hexadecimal. */
async function listeningInodes(table: "tcp" | "tcp6", port: number): Promise<string[]> {
  const text = await readFile(`/proc/net/${table}`, "utf8").catch(() => "");
  return text
    .split("\n")
    .slice(1)
    .flatMap((line) => {
      const fields = line.trim().split(/\s+/);
      const [, local = "", , state] = fields;
      const isThis = state === LISTEN && Number.parseInt(local.split(":")[1] ?? "", 16) === port;
      return isThis && fields[9] !== undefined ? [fields[9]] : [];
    });
}
