import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { SCENARIO_NAMES, type ScenarioName } from "./scenarios/names.ts";
import { SERVER_NAMES, type ServerName } from "./servers/server.ts";

/** What a run of the bench is to do. */
export interface BenchOptions {
  only: readonly ScenarioName[];
  servers: readonly ServerName[];
  rounds: number;
  isQuick: boolean;
  /** Whether the server has one core for itself, and upstream and client another. */
  isPinned: boolean;
  /** Answers of the memory scenario. */
  answers: number;
  /** Whether CogniForge is profiled instead of compared. */
  isProfile: boolean;
  /** Whether the figures go to `docs/` though the run is not a full one. */
  isPublished: boolean;
  /** Whether it is servers over PostgreSQL and Redis that are measured, for a page of their own. */
  isOfReplicas: boolean;
}

/** What a full run does. */
const FULL = SCENARIO_NAMES.filter((name) => name !== "replicas");
const COMPARED = SERVER_NAMES.filter((name) => name !== "cogniforge-shared");

/** What `--replicas` does. */
const REPLICAS: readonly ScenarioName[] = ["short", "nonstream", "bulk", "live", "open-1000", "replicas"];
const REPLICATED: readonly ServerName[] = ["direct", "pipe", "cogniforge", "cogniforge-shared"];

/** Scenarios of `--quick`. */
const QUICK: readonly ScenarioName[] = ["start", "short", "bulk", "nonstream", "replay", "micro"];

export const HELP = `Usage: npm run bench -- [options]

  --only A,B       scenarios: ${SCENARIO_NAMES.join(", ")}
  --servers A,B    servers: ${SERVER_NAMES.join(", ")}
  --rounds N       rounds of each comparison, 3 unless told otherwise
  --replicas       CogniForge over PostgreSQL and Redis instead, beside itself over one file; writes docs/scaling.md
  --quick          one short round of a few scenarios
  --pin            the server on one core, upstream and client on another (Linux)
  --answers N      answers of the memory scenario, 2000 unless told otherwise
  --profile        where CogniForge's time goes, in the scenarios short, bulk, nonstream and live
  --publish        write docs/performance.md also after a run that is not full
`;

/** @throws {TypeError} If an option is unknown or its value is none. */
export function readOptions(args: readonly string[]): BenchOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: "string" },
      servers: { type: "string" },
      rounds: { type: "string" },
      answers: { type: "string" },
      quick: { type: "boolean", default: false },
      pin: { type: "boolean", default: false },
      profile: { type: "boolean", default: false },
      publish: { type: "boolean", default: false },
      replicas: { type: "boolean", default: false },
    },
  });
  const { quick: isQuick, replicas: isOfReplicas } = values;
  const [scenarios, servers] = isOfReplicas ? [REPLICAS, REPLICATED] : [isQuick ? QUICK : FULL, COMPARED];
  if (values.pin && availableParallelism() < 2) throw new TypeError("Cannot pin to two cores: there is one");
  return {
    only: listOf("only", values.only, SCENARIO_NAMES) ?? scenarios,
    servers: listOf("servers", values.servers, SERVER_NAMES) ?? servers,
    rounds: countOf("rounds", values.rounds) ?? (isQuick ? 1 : 3),
    answers: countOf("answers", values.answers) ?? (isQuick ? 500 : 2_000),
    isQuick,
    isPinned: values.pin,
    isProfile: values.profile,
    isPublished: values.publish,
    isOfReplicas,
  };
}

/** Whether the run measures all that the published page shows. */
export function isFull({ only, servers, rounds, isQuick, isProfile, isOfReplicas }: BenchOptions): boolean {
  const [scenarios, compared] = isOfReplicas ? [REPLICAS, REPLICATED] : [FULL, COMPARED];
  return (
    !isQuick &&
    !isProfile &&
    rounds >= 3 &&
    scenarios.every((name) => only.includes(name)) &&
    compared.every((name) => servers.includes(name))
  );
}

function listOf<T extends string>(option: string, value: string | undefined, known: readonly T[]): T[] | undefined {
  if (value === undefined) return undefined;
  return value.split(",").map((name) => {
    const found = known.find((one) => one === name);
    if (found === undefined) throw new TypeError(`--${option} knows ${known.join(", ")}: '${name}' is none of them`);
    return found;
  });
}

function countOf(option: string, value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  const count = Number(value);
  if (Number.isSafeInteger(count) && count > 0) return count;
  throw new TypeError(`--${option} takes a whole number above 0: '${value}' is none`);
}
