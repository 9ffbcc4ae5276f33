import { PRESETS, presetOf } from "@cogniforge/core/providers";
import { CONFIG_DIALECTS } from "./config.ts";
import type { ConfigReport } from "./config_error.ts";
import { quoteValue, quoteValueArabic } from "./config_error.ts";
import { presetModel } from "./default_models.ts";
import { formatPath, suggestion, valueAt } from "./file_problems.ts";
import { nearestName } from "./nearest.ts";
import { type AddressFields, dialectFor, hasResource, presetFor } from "./provider_address.ts";

interface ProviderCheck {
  path: string;
  fields: AddressFields;
  report: ConfigReport;
}

/** Checks what the fields of one provider say of one another, on data that may still be wrong elsewhere. */
export function checkProvider(name: string, provider: unknown, report: ConfigReport): void {
  const path = formatPath(["providers", name]);
  if (valueAt(provider, ["apiKey"]) !== undefined && valueAt(provider, ["apiKeyEnv"]) !== undefined) {
    report.error(
      `${path}.apiKeyEnv`,
      "Expected either 'apiKey' or 'apiKeyEnv', found both",
      "المتوقع 'apiKey' أو 'apiKeyEnv'، والموجود كلاهما",
    );
  }
  const dialect = valueAt(provider, ["dialect"]);
  // What is no provider at all, or in no dialect that is spoken, is told by the schema.
  const isSpoken = dialect === undefined || (CONFIG_DIALECTS as readonly unknown[]).includes(dialect);
  if (typeof provider !== "object" || provider === null || !isSpoken || dialect === "mock") return;
  if (name === "mock") {
    report.error(
      `${path}.dialect`,
      `Expected the dialect 'mock' for the provider of that name, found ${foundText(dialect).en}`,
      `المتوقع اللهجة 'mock' للمزود بهذا الاسم، والموجود ${foundText(dialect).ar}`,
    );
    return;
  }
  if (dialect === "ai-sdk") return;
  checkAddress(name, { path, fields: addressFields(provider), report });
  if (valueAt(provider, ["prefill"]) !== undefined)
    checkPrefill(name, { path, fields: addressFields(provider), report });
}

/** The model that a provider of the file is asked for where a target names none, as far as it is known. */
export function hasOwnModel(name: string, provider: unknown, defaultModel: string | undefined): boolean {
  const dialect = valueAt(provider, ["dialect"]);
  const field = dialect === "ai-sdk" ? "defaultModel" : "model";
  if (dialect === "mock" || defaultModel !== undefined || valueAt(provider, [field]) !== undefined) return true;
  if (dialect === "ai-sdk") return false;
  const preset = presetFor(name, addressFields(provider));
  return preset !== undefined && presetModel(preset.name) !== undefined;
}

/** The texts among the fields; what has another type is told by the schema. */
function addressFields(provider: unknown): AddressFields {
  const text = (field: keyof AddressFields): AddressFields => {
    const value = valueAt(provider, [field]);
    return typeof value === "string" ? { [field]: value } : {};
  };
  return { ...text("preset"), ...text("dialect"), ...text("baseUrl"), ...text("resource"), ...text("apiVersion") };
}

function checkAddress(name: string, { path, fields, report }: ProviderCheck): void {
  const preset = presetFor(name, fields);
  if (fields.preset !== undefined && preset === undefined) {
    const hint = suggestion(
      fields.preset,
      PRESETS.map((known) => known.name),
    );
    report.error(
      `${path}.preset`,
      `Expected the name of a known provider, found ${quoteValue(fields.preset)}: ${hint.en}`,
      `المتوقع اسم مزود معروف، والموجود ${quoteValueArabic(fields.preset)}: ${hint.ar}`,
    );
    return;
  }
  if (preset === undefined) {
    if (fields.dialect === undefined) reportNoDialect(name, path, report);
    else if (fields.baseUrl === undefined) {
      report.error(`${path}.baseUrl`, "Expected a text, found nothing", "المتوقع نص، والموجود لا شيء");
    }
  } else if (fields.baseUrl === undefined && fields.dialect !== undefined) {
    const spoken = preset.endpoints.map(({ dialect }) => `'${dialect}'`);
    if (!spoken.includes(`'${fields.dialect}'`)) {
      report.error(
        `${path}.dialect`,
        `Expected ${spoken.join(" or ")}, which ${preset.title} speaks, or a 'baseUrl', found ${quoteValue(fields.dialect)}`,
        `المتوقع ${spoken.join(" أو ")} لأن ${preset.title} يتكلمها، أو 'baseUrl'، والموجود ${quoteValueArabic(fields.dialect)}`,
      );
    }
  }
  checkResource(hasResource(preset), { path, fields, report });
}

function checkResource(isNeeded: boolean, { path, fields, report }: ProviderCheck): void {
  const { baseUrl, resource, apiVersion } = fields;
  if (isNeeded && baseUrl === undefined && resource === undefined) {
    report.error(
      `${path}.resource`,
      "Expected the name of your resource, or its address as 'baseUrl', found neither",
      "المتوقع اسم موردك، أو عنوانه في 'baseUrl'، ولا شيء منهما موجود",
    );
  } else if (isNeeded && baseUrl !== undefined && resource !== undefined) {
    report.error(
      `${path}.resource`,
      "Expected either 'resource' or 'baseUrl', found both",
      "المتوقع 'resource' أو 'baseUrl'، والموجود كلاهما",
    );
  }
  if (isNeeded) return;
  for (const [field, value] of [
    ["resource", resource],
    ["apiVersion", apiVersion],
  ]) {
    if (value === undefined) continue;
    report.error(
      `${path}.${field}`,
      `Expected '${field}' with "preset": "azure" alone, found it elsewhere`,
      `المتوقع '${field}' مع "preset": "azure" وحده، والموجود في غيره`,
    );
  }
}

function checkPrefill(name: string, { path, fields, report }: ProviderCheck): void {
  const dialect = dialectFor(presetFor(name, fields), fields);
  if (dialect === undefined || dialect === "openai-chat") return;
  report.error(
    `${path}.prefill`,
    `Expected 'prefill' with the dialect 'openai-chat' alone, found it with '${dialect}'`,
    `المتوقع 'prefill' مع اللهجة 'openai-chat' وحدها، والموجود مع '${dialect}'`,
  );
}

function reportNoDialect(name: string, path: string, report: ConfigReport): void {
  const nearest = nearestName(
    name,
    PRESETS.map((known) => known.name),
  );
  const hint = nearest === undefined || presetOf(name) ? { en: "", ar: "" } : hintOf(nearest);
  report.error(
    `${path}.dialect`,
    `Expected a dialect, or the name of a known provider as 'preset', found neither${hint.en}`,
    `المتوقع لهجة، أو اسم مزود معروف في 'preset'، ولا شيء منهما موجود${hint.ar}`,
  );
}

function hintOf(nearest: string) {
  return { en: `: did you mean '${nearest}'?`, ar: `: هل تقصد '${nearest}'؟` };
}

function foundText(value: unknown) {
  return typeof value === "string"
    ? { en: quoteValue(value), ar: quoteValueArabic(value) }
    : { en: "nothing", ar: "لا شيء" };
}
