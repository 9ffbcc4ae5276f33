import { HOSTS } from "./hosts.ts";
import { LOCAL_SERVERS } from "./local_servers.ts";
import { MAKERS } from "./makers.ts";
import type { ProviderPreset } from "./preset.ts";

/** All providers that are known by name. */
export const PRESETS: readonly ProviderPreset[] = [...MAKERS, ...HOSTS, ...LOCAL_SERVERS];

const BY_NAME: ReadonlyMap<string, ProviderPreset> = new Map(PRESETS.map((preset) => [preset.name, preset]));
const BY_DOMAIN: ReadonlyMap<string, ProviderPreset> = new Map(
  PRESETS.flatMap((preset) => (preset.domains ?? []).map((domain) => [domain, preset] as const)),
);

/** The known provider of that name, or `undefined`. */
export function presetOf(name: string): ProviderPreset | undefined {
  return BY_NAME.get(name);
}

/** The known provider to which an address belongs, or `undefined`. */
export function presetAt({ hostname }: URL): ProviderPreset | undefined {
  const labels = hostname.split(".");
  for (let from = 0; from < labels.length; from++) {
    const preset = BY_DOMAIN.get(labels.slice(from).join("."));
    if (preset !== undefined) return preset;
  }
  return undefined;
}
