import type { TestServer } from "./_server.ts";
import { overHttp } from "./_trpc_client.ts";

const MEMBER = { email: "member@example.com", password: "another long password", name: "Member" };

/** Creates somebody who is no administrator, on a server that has one, and returns the cookie. */
export async function signInMember(server: TestServer): Promise<string> {
  const cookie = await server.signIn();
  await overHttp(server.url, { cookie, origin: server.url }).users.create.mutate({ ...MEMBER, role: "member" });
  const { email, password } = MEMBER;
  const response = await server.post("/api/auth/sign-in/email", { email, password }, { origin: server.url });
  return response.headers.getSetCookie()[0]?.split(";")[0] ?? "";
}
