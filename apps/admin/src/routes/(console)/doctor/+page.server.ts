import { error } from "@sveltejs/kit";
import { isAdministrator } from "#lib/session/roles.ts";
import type { PageServerLoad } from "./$types";

export const load: PageServerLoad = ({ locals }) => {
  if (!isAdministrator(locals.user)) error(403, "Administrators only");
};
