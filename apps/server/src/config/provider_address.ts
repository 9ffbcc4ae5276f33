import type { HttpDialect, ProviderPreset } from "@cogniforge/core/providers";
import { presetAt, presetOf } from "@cogniforge/core/providers";
import { formatBaseUrl } from "./base_url.ts";

/** What a provider of the file says about where it is and how it is spoken to. */
export interface AddressFields {
  preset?: string | undefined;
  dialect?: string | undefined;
  baseUrl?: string | undefined;
  resource?: string | undefined;
  apiVersion?: string | undefined;
}

/** Stands in the base URL of a known provider for the operator's own part of the name. */
const RESOURCE = "{resource}";

/**
 * The known provider that a provider of the file is: the one that it names, or the one of its own name where it leaves out how or
 * where it is spoken to. With both it may have any name.
 */
export function presetFor(name: string, { preset, dialect, baseUrl }: AddressFields): ProviderPreset | undefined {
  if (preset !== undefined) return presetOf(preset);
  return dialect === undefined || baseUrl === undefined ? presetOf(name) : undefined;
}

/** Whether the provider is at an address with a part of the operator's own. */
export function hasResource(preset: ProviderPreset | undefined): boolean {
  return preset?.endpoints[0].baseUrl.includes(RESOURCE) ?? false;
}

export function dialectFor(preset: ProviderPreset | undefined, { dialect }: AddressFields): HttpDialect | undefined {
  return (dialect as HttpDialect | undefined) ?? preset?.endpoints[0].dialect;
}

/** The base URL, or `undefined` where nothing tells it. */
export function baseUrlFor(preset: ProviderPreset | undefined, fields: AddressFields): string | undefined {
  const { baseUrl, resource, apiVersion } = fields;
  const dialect = dialectFor(preset, fields);
  const known = preset?.endpoints.find((endpoint) => endpoint.dialect === dialect)?.baseUrl;
  if (baseUrl !== undefined) {
    const url = new URL(baseUrl.trim());
    return hasResource(preset) && dialect !== undefined ? azureUrl(url, dialect, apiVersion) : formatBaseUrl(url);
  }
  if (known === undefined || !known.includes(RESOURCE)) return known;
  if (resource === undefined || dialect === undefined) return undefined;
  return azureUrl(new URL(new URL(known.replace(RESOURCE, resource)).origin), dialect, apiVersion);
}

/** Whether a key that was meant for the known provider goes to it, and not to whoever is at that address. */
export function isAtHome(preset: ProviderPreset, { baseUrl }: AddressFields): boolean {
  return baseUrl === undefined || presetAt(new URL(baseUrl.trim())) === preset;
}

/**
 * The base URL of an Azure resource: its v1 API, which needs no version, or, for a dated version, the older API with the model's
 * deployment in the path. A path that is given stays.
 *
 * @see https://learn.microsoft.com/azure/ai-foundry/openai/api-version-lifecycle
 */
export function azureUrl(url: URL, dialect: HttpDialect, apiVersion?: string): string {
  const isDated = apiVersion !== undefined && /^\d{4}-/.test(apiVersion);
  const older = dialect === "openai-chat" ? "/openai/deployments/{model}" : "/openai";
  const full = new URL(url);
  if (full.pathname === "/") full.pathname = isDated ? older : "/openai/v1";
  const base = formatBaseUrl(full);
  return apiVersion === undefined ? base : `${base}?api-version=${encodeURIComponent(apiVersion)}`;
}
