import type { BetterAuthOptions } from "better-auth";
import { admin } from "better-auth/plugins";
import type { RecordStorage } from "../storage/mod.ts";
import { MAX_PASSWORD_LENGTH, MIN_PASSWORD_LENGTH } from "./password_rules.ts";
import { accessControl, ROLES } from "./roles.ts";

/** The header in which our server tells the address of the caller; a client's own is overwritten. */
export const ADDRESS_HEADER = "x-cf-address";
/** The header in which our server tells `http` or `https`; a client's own is overwritten. */
export const PROTOCOL_HEADER = "x-cf-proto";

export const COOKIE_PREFIX = "cogniforge";

export interface AuthOptionsInput {
  /** The storage's one query builder: one of the library's own would mix its transactions with ours. */
  kysely: RecordStorage["kysely"];
  dialect: RecordStorage["dialect"];
  secret: string;
  /** Further origins that may sign in, for example of a console on another host. */
  trustedOrigins?: readonly string[] | undefined;
  /** Called whenever a session ends, or what it allows changes. */
  onSessionChange: () => void;
}

/** Options of the sign-in library. */
export function authOptions({ kysely, dialect, secret, trustedOrigins = [], onSessionChange }: AuthOptionsInput) {
  const after = async () => onSessionChange();
  return {
    appName: "CogniForge",
    secret,
    database: { db: kysely, type: dialect, transaction: true },
    basePath: "/api/auth",
    // Never a part of an answer; given so that no variable of the environment and no client's header decides it.
    baseURL: "http://cogniforge.invalid",
    // A page may call us only from the host that it was loaded from. The library's `allowedHosts` would trust every
    // origin that matches a pattern: with `*`, the whole web.
    trustedOrigins: async (request?: Request) => [...ownOrigins(request), ...trustedOrigins],
    emailAndPassword: {
      enabled: true,
      disableSignUp: true,
      minPasswordLength: MIN_PASSWORD_LENGTH,
      maxPasswordLength: MAX_PASSWORD_LENGTH,
    },
    session: { expiresIn: 30 * 86_400, updateAge: 86_400 },
    plugins: [admin({ ac: accessControl, roles: ROLES, adminRoles: ["administrator"], defaultRole: "member" })],
    databaseHooks: {
      session: { update: { after }, delete: { after } },
      user: { update: { after }, delete: { after } },
    },
    rateLimit: {
      enabled: true,
      storage: "database",
      window: 60,
      max: 120,
      customRules: {
        "/sign-in/email": { window: 60, max: 10 },
        // Asked by every page, and it writes nothing: a counter would cost more than the answer.
        "/get-session": false,
      },
    },
    advanced: {
      cookiePrefix: COOKIE_PREFIX,
      // Whether a cookie is `Secure` depends on the request, and `auth_handler.ts` says so: the same server is asked over
      // https through a forwarding proxy and over http on its own machine.
      useSecureCookies: false,
      // Said aloud, since the library leaves both checks out where it believes itself in a test.
      disableOriginCheck: false,
      disableCSRFCheck: false,
      ipAddress: { ipAddressHeaders: [ADDRESS_HEADER] },
    },
    telemetry: { enabled: false },
    logger: { disabled: true },
  } satisfies BetterAuthOptions;
}

/** Both schemes of the request's host: a proxy in between can have ended TLS without telling us. */
function ownOrigins(request: Request | undefined): string[] {
  // The second is there only if a proxy that is trusted has written it.
  const hosts = [request?.headers.get("host"), request?.headers.get("x-forwarded-host")?.split(",", 1)[0]?.trim()];
  return hosts.flatMap((host) => {
    // No wildcard can come in here: the library reads these as patterns.
    if (!host || !/^[\w.:[\]-]+$/.test(host)) return [];
    return [`http://${host}`, `https://${host}`];
  });
}
