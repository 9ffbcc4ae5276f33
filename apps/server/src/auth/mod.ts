export type { Auth, CreateAuthOptions } from "./auth.ts";
export { createAuth } from "./auth.ts";
export { createAuthHandler } from "./auth_handler.ts";
export { ADDRESS_HEADER, PROTOCOL_HEADER } from "./auth_options.ts";
export {
  keepAuthSecret,
  readAuthSecretBeside,
  readKnownAuthSecret,
  readOrCreateAuthSecret,
  writeAuthSecretBeside,
} from "./auth_secret.ts";
export type { Authenticator, AuthenticatorOptions } from "./authenticate.ts";
export { createAuthenticator } from "./authenticate.ts";
export type { NewUser } from "./create_user.ts";
export type { FirstRun } from "./first_run.ts";
export type { FirstRunSetup, NewAdministrator } from "./first_run_setup.ts";
export { createFirstRun } from "./first_run_setup.ts";
export type { AuthGate, SignedInUser } from "./gate.ts";
export { openAuthGate } from "./gate.ts";
export type { KeyGrant, Principal, UserRole } from "./principal.ts";
export { makeSignInTables } from "./sign_in_tables.ts";
export type { SignInThrottleOptions } from "./sign_in_throttle.ts";
export { SignInThrottle } from "./sign_in_throttle.ts";
export type { UserView } from "./users.ts";
export { Users } from "./users.ts";
