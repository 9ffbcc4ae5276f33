import type { Config } from "../config/mod.ts";

/** For each provider, what decides how it is handed a beginning: where it is, what it is known as, and in which way. */
export function prefillSettings({ providers }: Pick<Config, "providers">): ReadonlyMap<string, string> {
  return new Map(
    Object.values(providers).map(({ name, dialect, preset, baseUrl, prefill }) => {
      return [name, [prefill, preset, dialect, baseUrl].filter((part) => part !== undefined).join(" ")];
    }),
  );
}
