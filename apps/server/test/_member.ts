import type { TestServer } from "./_server.ts";

const MEMBER = { email: "member@example.com", password: "another long password", name: "Member" };

/** Creates somebody who is no administrator, on a server that has one, and returns the cookie. */
export async function signInMember(server: TestServer): Promise<string> {
  const cookie = await server.signIn();
  const created = await server.post("/api/auth/admin/create-user", MEMBER, { cookie, origin: server.url });
  if (!created.ok) throw new Error(`Creating the member was answered with ${created.status}`);
  const { email, password } = MEMBER;
  const response = await server.post("/api/auth/sign-in/email", { email, password }, { origin: server.url });
  return response.headers.getSetCookie()[0]?.split(";")[0] ?? "";
}
