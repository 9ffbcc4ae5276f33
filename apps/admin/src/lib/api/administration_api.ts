import type { CogniforgeClient } from "@cogniforge/client";
import type { AppRouter } from "@cogniforge/server/router";
import type { inferRouterInputs, inferRouterOutputs } from "@trpc/server";

type Inputs = inferRouterInputs<AppRouter>;
type Outputs = inferRouterOutputs<AppRouter>;

export type TargetTest = Outputs["providers"]["test"];
export type RouteSetup = Outputs["settings"]["routes"][number];
export type RouteField = keyof RouteSetup["origin"]["values"];
export type ValueSource = RouteSetup["origin"]["values"][RouteField];
export type RouteSaved = Outputs["settings"]["saveRoute"];
export type RouteProblem = Extract<RouteSaved, { isSaved: false }>["problems"][number];
export type RouteHistory = Outputs["settings"]["routeHistory"];
export type RouteChange = RouteHistory[number]["changes"][number];
export type AuditPage = Outputs["audit"]["list"];
export type AuditEntry = AuditPage["entries"][number];

/** What administrators set and read beside the chat. Every call fails as those of the whole API do. */
export interface AdministrationApi {
  testTarget(provider: string, model: string): Promise<TargetTest>;
  resetBreaker(provider: string): Promise<void>;
  saveRoute(input: Inputs["settings"]["saveRoute"]): Promise<RouteSaved>;
  resetRoute(input: Inputs["settings"]["resetRoute"]): Promise<RouteSaved>;
  restoreRoute(input: Inputs["settings"]["restoreRoute"]): Promise<RouteSaved>;
  routeHistory(route: string): Promise<RouteHistory>;
  listAudit(cursor?: number): Promise<AuditPage>;
}

/** Entries that a page of the log has. */
const PAGE_SIZE = 50;

/** The part of the server's API that is for administrators alone. */
export function createAdministrationApi({ audit, providers, settings }: CogniforgeClient): AdministrationApi {
  return {
    testTarget: (provider, model) => providers.test({ provider, model }),
    resetBreaker: (provider) => providers.resetBreaker(provider),
    saveRoute: (input) => settings.saveRoute(input),
    resetRoute: (input) => settings.resetRoute(input),
    restoreRoute: (input) => settings.restoreRoute(input),
    routeHistory: (route) => settings.routeHistory(route),
    listAudit: (cursor) => audit.list({ limit: PAGE_SIZE, ...(cursor === undefined ? {} : { cursor }) }),
  };
}
