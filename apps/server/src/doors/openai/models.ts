import { FailureError } from "../../failure_error.ts";
import type { ModelAbilities, RouteStatus, TargetStatus } from "../../services.ts";
import { abilitiesOf, commonAbilities } from "./abilities.ts";

/** One line of OpenAI's list of models. */
export interface Model {
  id: string;
  object: "model";
  created: number;
  owned_by: string;
  cogniforge: {
    kind: "route" | "target";
    isUsable: boolean;
    abilities: ModelAbilities;
    [more: string]: unknown;
  };
}

/** Routes and targets in OpenAI's list: whatever stands here can be asked for as `model`. */
export function listModels(routes: readonly RouteStatus[]): { object: "list"; data: Model[] } {
  const targets = new Map(
    routes.flatMap(({ targets }) => targets.map((target) => [`${target.provider}/${target.model}`, target])),
  );
  const data = [...routes.map(routeModel), ...[...targets].map(([id, target]) => targetModel(id, target))];
  return { object: "list", data };
}

/**
 * One model of the list.
 *
 * @throws {FailureError} `route-not-found`.
 */
export function findModel(routes: readonly RouteStatus[], id: string): Model {
  const model = listModels(routes).data.find((one) => one.id === id);
  if (model === undefined) throw new FailureError("route-not-found", { param: "model" });
  return model;
}

function routeModel({ route, targets }: RouteStatus): Model {
  const usable = targets.filter(({ isUsable }) => isUsable);
  return {
    id: route,
    object: "model",
    created: 0,
    owned_by: "cogniforge",
    cogniforge: {
      kind: "route",
      isUsable: usable.length > 0,
      targets: targets.map(({ provider, model }) => `${provider}/${model}`),
      abilities: commonAbilities(usable.map(abilitiesOf)),
    },
  };
}

function targetModel(id: string, target: TargetStatus): Model {
  const { provider, isTrial, isUsable } = target;
  return {
    id,
    object: "model",
    created: 0,
    owned_by: provider,
    cogniforge: { kind: "target", isTrial, isUsable, abilities: abilitiesOf(target) },
  };
}
