import { aloneLoads, type Load, loadsOf } from "./load_model.ts";
import { type Model, type Setup, withStreams } from "./model.ts";
import { mostStreams, sizeOf, worst } from "./size.ts";

/** A set-up that somebody may run. */
export interface NamedSetup {
  title: string;
  /** `undefined`: one server over one file. */
  setup: Setup | undefined;
}

export const SETUPS: readonly NamedSetup[] = [
  { title: "1 server over one file", setup: undefined },
  { title: "2 servers, 1 Redis, 1 PostgreSQL", setup: { replicas: 2, redisNodes: 1 } },
  { title: "10 servers, 1 Redis, 1 PostgreSQL", setup: { replicas: 10, redisNodes: 1 } },
  { title: "10 servers, Cluster of 3, 1 PostgreSQL", setup: { replicas: 10, redisNodes: 3 } },
  { title: "90 servers, Cluster of 30, 1 PostgreSQL", setup: { replicas: 90, redisNodes: 30 } },
];

/** What becomes of one set-up while streams come. */
export interface Breaking {
  title: string;
  /** The most streams that it carries. */
  streams: number;
  /** The resource that the next stream is too much for. */
  breaksFirst: string;
  /** For each asked number of streams the load that is the furthest from its limit; its factor is above 1 where it breaks. */
  worst: readonly { resource: string; factor: number }[];
}

/** Of each set-up how far it goes, and what ends it. @param counts Streams at which to look. */
export function breakingsOf(model: Model, counts: readonly number[], setups = SETUPS): Breaking[] {
  return setups.map(({ title, setup }) => {
    const worstAt = (streams: number) => {
      const grown = withStreams(model, streams);
      return factorOf(worst(setup === undefined ? aloneLoads(grown) : loadsOf(grown, setup)));
    };
    const streams = mostStreams((count) => worstAt(count).factor <= 1);
    return { title, streams, breaksFirst: worstAt(streams + 1).resource, worst: counts.map(worstAt) };
  });
}

/** At how many streams one of each is exhausted, beside as much of all others as they need. */
export function exhaustionOf(model: Model): { resource: string; streams: number }[] {
  const one = { replicas: 1, redisNodes: 1 };
  return loadsOf(model, one).map(({ resource, owner }, index) => {
    const streams = mostStreams((count) => {
      const grown = withStreams(model, count);
      const load = loadsOf(grown, owner === "replica" ? one : { replicas: sizeOf(grown).replicas, redisNodes: 1 })[
        index
      ];
      return load === undefined || load.used <= load.limit;
    });
    return { resource, streams };
  });
}

function factorOf(load: Load | undefined): { resource: string; factor: number } {
  return { resource: load?.resource ?? "nothing", factor: load === undefined ? 0 : load.used / load.limit };
}
