import type { ProjectSettings } from "./project_context.ts";

interface Revealable {
  reveal(): string;
}

/** What of the configuration concerns the project. */
export interface ProjectSource {
  readonly project?: { readonly directory: string; readonly maxCharacters: number };
  /** Absolute path of the server's own data. */
  readonly dataDirectory: string;
  /** Absolute path of the configuration file. */
  readonly file?: string;
  readonly providers: Readonly<
    Record<string, { readonly apiKey?: Revealable; readonly headers?: Readonly<Record<string, string>> }>
  >;
  readonly apiKey?: Revealable;
  readonly metricsToken?: Revealable;
  readonly admin?: { readonly password: Revealable };
}

const HOLDS_SECRET = /auth|key|token|secret|cookie|credential/i;

/** The project's settings; the server's own data and keys never leave with it. */
export function projectSettings(source: ProjectSource): ProjectSettings | undefined {
  const { project, dataDirectory, providers, apiKey, metricsToken, admin, file } = source;
  if (project === undefined) return undefined;
  const keys = Object.values(providers).flatMap(({ apiKey: key, headers }) => [
    ...(key === undefined ? [] : [key.reveal()]),
    ...Object.entries(headers ?? {}).flatMap(([name, value]) => (HOLDS_SECRET.test(name) ? [value] : [])),
  ]);
  const own = [apiKey, metricsToken, admin?.password].flatMap((secret) =>
    secret === undefined ? [] : [secret.reveal()],
  );
  return {
    ...project,
    leftOut: [dataDirectory, ...(file === undefined ? [] : [file])],
    secrets: [...keys, ...own],
  };
}
