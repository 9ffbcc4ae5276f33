/** The part of V8's CPU profile that is read. */
export interface CpuProfile {
  nodes: { id: number; callFrame: { functionName: string; url: string; lineNumber: number } }[];
  samples: number[];
  /** Microseconds before each sample. */
  timeDeltas: number[];
}

export interface SelfTime {
  /** The function with its file, as far as it is known. */
  name: string;
  selfMs: number;
  /** Of all time that was not idle. */
  share: number;
}

/** The functions in which the time itself was spent, the most first; idleness is left out. */
export function selfTimes({ nodes, samples, timeDeltas }: CpuProfile): SelfTime[] {
  const names = new Map(nodes.map(({ id, callFrame }) => [id, nameOf(callFrame)]));
  const spent = new Map<string, number>();
  let sum = 0;
  for (const [index, id] of samples.entries()) {
    const name = names.get(id) ?? "(unknown)";
    if (name === "(idle)" || name === "(root)") continue;
    const ms = (timeDeltas[index] ?? 0) / 1e3;
    spent.set(name, (spent.get(name) ?? 0) + ms);
    sum += ms;
  }
  return [...spent]
    .map(([name, selfMs]) => ({ name, selfMs, share: selfMs / sum }))
    .sort((left, right) => right.selfMs - left.selfMs);
}

function nameOf({ functionName, url, lineNumber }: CpuProfile["nodes"][number]["callFrame"]): string {
  const name = functionName || "(anonymous)";
  // The end of the path tells packages and files apart; what stands before it is the machine's affair.
  const file = url
    .replace(/^file:\/\//, "")
    .split("/")
    .slice(-3)
    .join("/");
  return file === "" ? name : `${name} ${file}:${lineNumber + 1}`;
}
