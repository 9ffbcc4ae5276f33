import type { AuditEntry, RouteChange } from "#lib/api/administration_api.ts";
import { m } from "#lib/paraglide/messages.js";

const ACTIONS: Readonly<Record<string, () => string>> = {
  "route-changed": m.audit_route_changed,
  "route-reset": m.audit_route_reset,
  "route-restored": m.audit_route_restored,
  "target-tested": m.audit_target_tested,
  "breaker-reset": m.audit_breaker_reset,
  "examination-started": m.audit_examination_started,
  "first-administrator-made": m.audit_first_administrator_made,
  "drill-armed": m.audit_drill_armed,
  "drill-disarmed": m.audit_drill_disarmed,
  "key-made": m.audit_key_made,
  "key-changed": m.audit_key_changed,
  "key-revoked": m.audit_key_revoked,
  "own-password-changed": m.audit_own_password_changed,
  "user-made": m.audit_user_made,
  "user-password-reset": m.audit_user_password_reset,
  "user-role-changed": m.audit_user_role_changed,
  "user-disabled": m.audit_user_disabled,
  "user-enabled": m.audit_user_enabled,
  "old-data-deleted": m.audit_old_data_deleted,
};

/** What was done; an action that this page does not know by its own name. */
export function actionText(action: string): string {
  return ACTIONS[action]?.() ?? action;
}

/** What was changed in a route, where the entry is about one. */
export function changesOf({ detail }: AuditEntry): readonly RouteChange[] | undefined {
  const { changes } = (detail ?? {}) as { changes?: unknown };
  return Array.isArray(changes) ? (changes as RouteChange[]) : undefined;
}

/** What an entry is about, by the name that people know it by. */
export function objectOf({ object, detail }: AuditEntry): string {
  const { name, email } = (detail ?? {}) as { name?: unknown; email?: unknown };
  return [name, email].find((one) => typeof one === "string") ?? object;
}
