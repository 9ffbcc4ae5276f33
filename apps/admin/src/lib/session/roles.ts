/** Whether somebody may see and change what is the administrators'; the server decides again at every call. */
export function isAdministrator(user: { role: string } | undefined): boolean {
  return user?.role.split(",").includes("administrator") ?? false;
}
