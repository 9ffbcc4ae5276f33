import type { RouteStatus } from "../../services.ts";

/** Routes and targets in Anthropic's list: whatever stands here can be asked for as `model`. */
export function listAsAnthropic(
  routes: readonly RouteStatus[],
  isAllowed: (id: string) => boolean,
): Record<string, unknown> {
  const targets = routes.flatMap(({ targets }) => targets.map(({ provider, model }) => `${provider}/${model}`));
  const ids = [...new Set([...routes.map(({ route }) => route), ...targets])].filter(isAllowed);
  return {
    // When a model was made is not known: Anthropic's own documents give the epoch for that.
    data: ids.map((id) => ({ type: "model", id, display_name: id, created_at: "1970-01-01T00:00:00Z" })),
    has_more: false,
    first_id: ids[0] ?? null,
    last_id: ids.at(-1) ?? null,
  };
}
