import type { RouteStatus } from "../../services.ts";

/** Routes and targets in OpenAI's list: whatever stands here can be asked for as `model`. */
export function listModels(routes: readonly RouteStatus[]): Record<string, unknown> {
  const targets = new Map(
    routes.flatMap(({ targets }) =>
      targets.map(({ provider, model, isTrial, isUsable }) => [
        `${provider}/${model}`,
        { owned_by: provider, cogniforge: { kind: "target", isTrial, isUsable } },
      ]),
    ),
  );
  const names = routes.map(({ route, targets }) => ({
    id: route,
    object: "model",
    created: 0,
    owned_by: "cogniforge",
    cogniforge: {
      kind: "route",
      isUsable: targets.some(({ isUsable }) => isUsable),
      targets: targets.map(({ provider, model }) => `${provider}/${model}`),
    },
  }));
  return {
    object: "list",
    data: [...names, ...[...targets].map(([id, target]) => ({ id, object: "model", created: 0, ...target }))],
  };
}
