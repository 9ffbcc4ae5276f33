import type { RouteChoice } from "#lib/api/console_api.ts";

/** Name of the route that is asked where none is named. */
export const DEFAULT_ROUTE = "default";

/** One thing that a question can be put to. */
export interface Choice {
  /** As it is asked for. */
  value: string;
  label: string;
}

export interface Choices {
  routes: Choice[];
  targets: Choice[];
}

/** What a question can be put to: routes with a target that works, and each of these targets alone. */
export function choicesOf(routes: readonly RouteChoice[]): Choices {
  const usable = routes.map(({ route, targets }) => ({ route, targets: targets.filter(({ isUsable }) => isUsable) }));
  const names = new Map<string, string>();
  for (const { provider, model } of usable.flatMap(({ targets }) => targets)) {
    names.set(`${provider}/${model}`, provider === model ? provider : `${provider} · ${model}`);
  }
  return {
    routes: usable.filter(({ targets }) => targets.length > 0).map(({ route }) => ({ value: route, label: route })),
    targets: Array.from(names, ([value, label]) => ({ value, label })),
  };
}

/** Whether there is anything to choose. */
export function isChoice({ routes, targets }: Choices): boolean {
  return routes.length > 1 || targets.length > 1;
}
