/** The creation of the first administrator with the one-time code that the server printed. */
export interface FirstRun {
  hasAdministrator(): Promise<boolean>;
  /**
   * @throws {FailureError} `invalid-sign-in-code` for a wrong code, `already-set-up` once an administrator exists,
   * `invalid-input` for an address or a password that can't be used.
   */
  createFirstAdmin(input: { code: string; email: string; password: string; name: string }): Promise<void>;
}
