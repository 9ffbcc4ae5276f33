/** A server that listens on this machine. */
export interface LocalServer {
  /** Without a slash at the end. */
  url: string;
  /**
   * `own`: the doctor works inside it. `running`: found on the configured port. `trial`: started for the checks over an empty
   * folder, since none was running.
   */
  kind: "own" | "running" | "trial";
  /** Credentials that it takes; made anew for each use, as a pass is valid for minutes only. */
  key: () => string | undefined;
}
