/** A server to call, and who calls. */
export interface Access {
  /** Without a slash at the end. */
  url: string;
  /** For `Authorization: Bearer`; absent: nobody that is known. */
  key?: string | undefined;
}

/** A reply that is none of the server's own: a proxy's page, a sign-in page, another program. */
export class ForeignReplyError extends Error {
  override readonly name = "ForeignReplyError";
  readonly status: number;
  /** Where a redirect leads. */
  readonly location: string | undefined;

  constructor(status: number, location?: string) {
    super(
      `The reply is none of CogniForge's: HTTP ${status}${location === undefined ? "" : `, redirected to ${location}`}`,
    );
    this.status = status;
    this.location = location;
  }
}

export function authorizationOf({ key }: Access): Record<string, string> {
  return key === undefined ? {} : { authorization: `Bearer ${key}` };
}
