import type { CallFrame, CpuProfile, SelfTime } from "./self_times.ts";
import { sumUp } from "./self_times.ts";

/** SQLite's calls: V8 knows them by name alone. */
const SQLITE: ReadonlySet<string> = new Set(["run", "exec", "get", "all", "iterate", "prepare", "columns"]);

/** What code is for, by where it stands, in the order of looking. */
const PLACES: readonly [kind: string, url: RegExp][] = [
  ["the upstream's connection: undici", /node_modules\/undici\/|^wasm:/],
  ["statements and rows around SQLite", /node_modules\/kysely\/|apps\/server\/src\/storage\//],
  ["reading the upstream", /packages\/core\/(providers|sse)\/|node_modules\/eventsource-parser\//],
  [
    "the engine: attempts, limits, events, cursors",
    /packages\/core\/(engine|resilience|continuation|events|journal)\//,
  ],
  [
    "measures, logs and traces",
    /packages\/core\/metrics\/|server\/src\/(measures|otel|log)|node_modules\/(pino|sonic-boom)\//,
  ],
  ["the doors, sign-in and limits", /apps\/server\/src\//],
  ["Node's HTTP", /^node:(_http|internal\/http|http)/],
  ["Node's sockets and streams", /^node:(net|stream|internal\/(streams?|net|stream_base_commons|js_stream))/],
  ["Node's promises, timers, events and abort signals", /^node:/],
];

/**
 * Where the time was spent, by what for: a native function counts for SQLite or the sockets if it is theirs, else for whoever called it.
 */
export function timesByKind(profile: CpuProfile): SelfTime[] {
  const parents = new Map<number, number>();
  for (const { id, children = [] } of profile.nodes) for (const child of children) parents.set(child, id);
  const frames = new Map(profile.nodes.map(({ id, callFrame }) => [id, callFrame]));
  const kinds = new Map<number, string>();
  for (const { id } of profile.nodes) {
    const chain: CallFrame[] = [];
    for (let at: number | undefined = id; at !== undefined; at = parents.get(at)) {
      const frame = frames.get(at);
      if (frame !== undefined) chain.push(frame);
    }
    kinds.set(id, kindOf(chain));
  }
  return sumUp(profile, (id) => kinds.get(id) ?? "the rest");
}

/** @param chain A function, and those who called it. */
export function kindOf(chain: readonly CallFrame[]): string {
  const [own, ...callers] = chain;
  if (own === undefined) return "the rest";
  const { functionName, url } = own;
  if (functionName === "(garbage collector)") return "collecting garbage";
  if (functionName === "(program)") return "V8 and Node outside of JavaScript";
  if (url === "") {
    if (SQLITE.has(functionName)) return "SQLite";
    if (/^(write|shutdown|readStart)/.test(functionName)) return "writing to sockets";
    return kindOf(callers);
  }
  return PLACES.find(([, place]) => place.test(url))?.[0] ?? "the rest";
}
