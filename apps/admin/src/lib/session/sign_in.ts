/** What a try to sign in came to. */
export type SignInOutcome =
  | { isSignedIn: true }
  | { isSignedIn: false; reason: "wrong" }
  | { isSignedIn: false; reason: "throttled"; retryAfterSeconds: number | undefined }
  | { isSignedIn: false; reason: "unreachable" }
  | { isSignedIn: false; reason: "failed"; status: number };

async function post(path: string, body: unknown): Promise<Response> {
  return await fetch(path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
}

/** Signs in with an account of this server; the session is then a cookie that no script can read. */
export async function signIn(email: string, password: string): Promise<SignInOutcome> {
  let response: Response;
  try {
    response = await post("/api/auth/sign-in/email", { email, password, rememberMe: true });
  } catch {
    return { isSignedIn: false, reason: "unreachable" };
  }
  if (response.ok) return { isSignedIn: true };
  if (response.status === 429) {
    const header = response.headers.get("x-retry-after") ?? response.headers.get("retry-after");
    const seconds = Number(header);
    const isKnown = header !== null && Number.isFinite(seconds) && seconds > 0;
    return { isSignedIn: false, reason: "throttled", retryAfterSeconds: isKnown ? Math.ceil(seconds) : undefined };
  }
  // 400 too: an address that is none is no account either.
  if (response.status === 401 || response.status === 400) return { isSignedIn: false, reason: "wrong" };
  return { isSignedIn: false, reason: "failed", status: response.status };
}

/** Ends the session. */
export async function signOut(): Promise<void> {
  await post("/api/auth/sign-out", {});
}
