import { createAccessControl } from "better-auth/plugins/access";
import { adminAc, defaultStatements } from "better-auth/plugins/admin/access";
import type { UserRole } from "./principal.ts";

export const accessControl = createAccessControl(defaultStatements);

/** Our roles in the words of the sign-in library: an administrator manages users and sessions, a member does not. */
export const ROLES = {
  administrator: accessControl.newRole(adminAc.statements),
  member: accessControl.newRole({ user: [], session: [] }),
};

/** The library keeps several roles of a user as one text with commas. */
export function roleOf(roles: string | null | undefined): UserRole {
  return roles?.split(",").includes("administrator") ? "administrator" : "member";
}
