import type { IncomingMessage, ServerResponse } from "node:http";
import type { AuthGate } from "../../auth/mod.ts";
import { FailureError } from "../../failure_error.ts";
import { refusePlainly } from "../../http/serve.ts";
import { loadConsole } from "./console.ts";

/** Shown where the console should be, in both languages, while it is not built. */
const NOT_BUILT = `<!doctype html><html lang="en"><meta charset="utf-8"><title>CogniForge</title>
<body style="font: 1rem/1.6 system-ui; max-width: 40rem; margin: 4rem auto; padding: 0 1rem">
<p>The console is not built. Stop the server and run <code>npm start</code>, which builds it.</p>
<p lang="ar" dir="rtl">لم تُبنَ لوحة التحكم بعد. أوقف الخادم ثم شغّل <code>npm start</code> فهو يبنيها.</p>`;

const ASSET_POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** What answers everything that no door takes: the console, or why it is not there. */
export async function consoleFallback(
  isOn: boolean,
  auth: Pick<AuthGate, "userOf" | "firstRun">,
): Promise<(request: IncomingMessage, response: ServerResponse) => void> {
  if (!isOn) return (_request, response) => refusePlainly(response, new FailureError("not-found"));
  const handler = await loadConsole();
  if (handler === undefined) {
    return (_request, response) => {
      response.writeHead(503, {
        "content-type": "text/html; charset=utf-8",
        "content-security-policy": `${ASSET_POLICY}; style-src 'unsafe-inline'`,
      });
      response.end(NOT_BUILT);
    };
  }
  return (request, response) => {
    // Pages overwrite it by their own policy; it binds the console's files, of which one is a thread that reads what models write.
    response.setHeader("content-security-policy", `${ASSET_POLICY}; script-src 'self'; style-src 'self'`);
    const bridge = {
      user: () => auth.userOf(request.headers),
      hasAdministrator: () => auth.firstRun.hasAdministrator(),
    };
    handler(Object.assign(request, { cf: bridge }), response);
  };
}
