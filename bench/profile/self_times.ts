/** The part of V8's CPU profile that is read. */
export interface CpuProfile {
  nodes: { id: number; callFrame: CallFrame; children?: number[] }[];
  samples: number[];
  /** Microseconds before each sample. */
  timeDeltas: number[];
}

export interface CallFrame {
  functionName: string;
  url: string;
  /** From 0. */
  lineNumber: number;
}

export interface SelfTime {
  name: string;
  selfMs: number;
  /** Of all time that was not idle. */
  share: number;
}

/** Where the time itself was spent, the most first; idleness is left out. */
export function selfTimes(profile: CpuProfile, nameOf: (frame: CallFrame) => string): SelfTime[] {
  const names = new Map(profile.nodes.map(({ id, callFrame }) => [id, nameOf(callFrame)]));
  return sumUp(profile, (id) => names.get(id) ?? "");
}

/** Adds up the time of all nodes of one name, the most first; idleness and the profiler are left out. */
export function sumUp({ nodes, samples, timeDeltas }: CpuProfile, nameOf: (id: number) => string): SelfTime[] {
  const frames = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]));
  const spent = new Map<string, number>();
  let sum = 0;
  for (const [index, id] of samples.entries()) {
    const frame = frames.get(id);
    if (frame === undefined || IDLE.has(frame.functionName) || frame.url === "node:inspector") continue;
    const ms = (timeDeltas[index] ?? 0) / 1e3;
    const name = nameOf(id);
    spent.set(name, (spent.get(name) ?? 0) + ms);
    sum += ms;
  }
  return [...spent]
    .map(([name, selfMs]) => ({ name, selfMs, share: selfMs / sum }))
    .sort((left, right) => right.selfMs - left.selfMs);
}

/** Beside what the profiler itself does. */
const IDLE = new Set(["(idle)", "(root)"]);

/** A function with the end of its file's path: what stands before it is the machine's affair. */
export function functionOf({ functionName, url, lineNumber }: CallFrame): string {
  const name = functionName || "(anonymous)";
  const file = url
    .replace(/^file:\/\//, "")
    .split("/")
    .slice(-3)
    .join("/");
  return file === "" ? name : `${name} ${file}:${lineNumber + 1}`;
}

/** Whose code it is: a package, a folder of the project, a part of Node, or what V8 itself does. */
export function ownerOf({ functionName, url }: CallFrame): string {
  const ofPackage = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)?.[1];
  if (ofPackage !== undefined) return ofPackage;
  const [, part, folder] = /\/(?:packages|apps)\/([^/]+)\/(?:src\/)?([^/]+)/.exec(url) ?? [];
  if (part !== undefined) return `${part}/${folder}`;
  if (url.startsWith("node:")) return url.replace(/^(node:(?:internal\/)?[^/:]+).*/, "$1");
  return functionName.startsWith("(") && functionName !== "(anonymous)" ? functionName : "native";
}
