import type { IncomingMessage, ServerResponse } from "node:http";

/** One request on its way through a door. */
export interface Exchange {
  request: IncomingMessage;
  response: ServerResponse;
  url: URL;
}

/** Handles an exchange to its end; what it throws is answered by the door's own `refuse`. */
export type Handler = (exchange: Exchange, parameters: Readonly<Record<string, string>>) => void | Promise<void>;

/** One line of the dispatch table. */
export interface HttpRoute {
  methods: readonly string[];
  /** Matched against the path; its named groups are the handler's parameters. */
  path: RegExp;
  handle: Handler;
  /** Whether this line is for requests with such headers; absent for all. Lines of the same path are tried in their order. */
  isFor?: (headers: IncomingMessage["headers"]) => boolean;
  /** Takes whatever method, where no other line has the path: a door's own word for what it does not know. */
  isFallback?: boolean;
  /** Answers, in the door's own shape, for what its handler threw. */
  refuse: (exchange: Exchange, error: unknown) => void;
}

/** Finds the line for a request: a path that exists under another method tells which ones it has. */
export function findRoute(
  routes: readonly HttpRoute[],
  method: string,
  path: string,
  headers: IncomingMessage["headers"],
):
  | { route: HttpRoute; parameters: Record<string, string> }
  | { allowed: string[]; refuse: HttpRoute["refuse"] }
  | undefined {
  const matching = routes.flatMap((route) => {
    if (route.isFor?.(headers) === false) return [];
    const match = route.path.exec(path);
    return match === null ? [] : [{ route, parameters: { ...match.groups } as Record<string, string> }];
  });
  const own = matching.filter(({ route }) => !route.isFallback);
  const [first] = own;
  if (first === undefined) return matching[0];
  const found = own.find(({ route }) => route.methods.includes(method));
  return found ?? { allowed: own.flatMap(({ route }) => route.methods), refuse: first.route.refuse };
}
