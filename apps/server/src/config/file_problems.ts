import type { Bilingual } from "@cogniforge/core/events";
import type * as z from "zod";
import { CONFIG_DIALECTS } from "./config.ts";
import type { ConfigProblem } from "./config_error.ts";
import { quoteValue, quoteValueArabic } from "./config_error.ts";
import {
  aiSdkSchema,
  configFileSchema,
  hedgingSchema,
  httpProviderSchema,
  mockSchema,
  priceSchema,
  retentionSchema,
  routeSchema,
  targetSchema,
  timeoutsSchema,
} from "./file_schema.ts";
import { nearestName } from "./nearest.ts";

type Path = readonly PropertyKey[];
type Issue = z.core.$ZodIssue;

/** Writes a path as people do: `routes.default.targets[0].model`. */
export function formatPath(path: Path): string {
  let text = "";
  for (const part of path) {
    if (typeof part === "number") text += `[${part}]`;
    else text += text === "" ? String(part) : `.${String(part)}`;
  }
  return text;
}

/** Says what a schema found wrong, one problem a field, in both languages. */
export function describeIssue(issue: Issue, raw: unknown): ConfigProblem[] {
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => ({
      path: formatPath([...issue.path, key]),
      message: unknownField(key, knownFields(issue.path, raw)),
    }));
  }
  return [{ path: formatPath(issue.path), message: describe(issue, valueAt(raw, issue.path)) }];
}

function describe(issue: Issue, value: unknown): Bilingual {
  switch (issue.code) {
    case "invalid_type":
      return wanted(kindOf(issue.expected), value);
    case "invalid_value":
      return wanted(either(issue.values.map(String)), value);
    case "invalid_union":
      return wanted(
        {
          en: `a dialect that is spoken (${either(CONFIG_DIALECTS).en})`,
          ar: `لهجة معروفة (${either(CONFIG_DIALECTS).ar})`,
        },
        value,
      );
    case "invalid_key":
      return describeName(issue.path);
    case "invalid_format":
      return describeFormat(issue.path, value);
    case "too_small":
      return describeSize("min", Number(issue.minimum), issue.origin, value);
    case "too_big":
      return describeSize("max", Number(issue.maximum), issue.origin, value);
    case "custom":
      return (issue.params ?? {}) as Bilingual;
    default:
      return { en: issue.message, ar: `قيمة غير صالحة: ${issue.message}` };
  }
}

const KINDS: Readonly<Record<string, Bilingual>> = {
  string: { en: "a text", ar: "نص" },
  number: { en: "a number", ar: "عدد" },
  int: { en: "a whole number", ar: "عدد صحيح" },
  boolean: { en: "true or false", ar: "true أو false" },
  array: { en: "a list", ar: "قائمة" },
  object: { en: "an object", ar: "كائن" },
  record: { en: "an object", ar: "كائن" },
  null: { en: "null", ar: "null" },
  undefined: { en: "nothing", ar: "لا شيء" },
};

function kindOf(kind: string): Bilingual {
  return KINDS[kind] ?? { en: kind, ar: kind };
}

function found(value: unknown): Bilingual {
  if (typeof value === "string") return { en: quoteValue(value), ar: quoteValueArabic(value) };
  if (typeof value === "number" || typeof value === "boolean") return { en: String(value), ar: String(value) };
  return kindOf(value === null ? "null" : Array.isArray(value) ? "array" : typeof value);
}

function wanted(what: Bilingual, value: unknown): Bilingual {
  const is = found(value);
  return { en: `Expected ${what.en}, found ${is.en}`, ar: `المتوقع ${what.ar}، والموجود ${is.ar}` };
}

function either(names: readonly string[]): Bilingual {
  const quoted = names.map((name) => `'${name}'`);
  return { en: quoted.join(" or "), ar: quoted.join(" أو ") };
}

/** What follows "did you mean", or the list of what there is. */
export function suggestion(name: string, known: readonly string[]): Bilingual {
  const nearest = nearestName(name, known);
  if (nearest !== undefined) return { en: `did you mean '${nearest}'?`, ar: `هل تقصد '${nearest}'؟` };
  if (known.length === 0) return { en: "there is none", ar: "لا يوجد أي منها" };
  return { en: `there are ${known.join(", ")}`, ar: `الموجود: ${known.join("، ")}` };
}

function unknownField(key: string, known: readonly string[]): Bilingual {
  const hint = suggestion(key, known);
  return {
    en: `Expected a known field, found ${quoteValue(key)}: ${hint.en}`,
    ar: `المتوقع حقل معروف، والموجود ${quoteValueArabic(key)}: ${hint.ar}`,
  };
}

function knownFields(path: Path, raw: unknown): string[] {
  if (path.length === 0) return Object.keys(configFileSchema.shape);
  if (path[0] === "providers") {
    const { dialect } = valueAt(raw, path) as { dialect?: unknown };
    if (dialect === "ai-sdk") return Object.keys(aiSdkSchema.shape);
    return Object.keys(dialect === "mock" ? mockSchema.shape : httpProviderSchema.shape);
  }
  if (path[0] === "hedging") return Object.keys(hedgingSchema.shape);
  if (path[0] === "retention") return Object.keys(retentionSchema.shape);
  if (path[0] === "prices") return Object.keys(priceSchema.shape);
  if (path.length === 2) return Object.keys(routeSchema.shape);
  return Object.keys(path[2] === "timeouts" ? timeoutsSchema.shape : targetSchema.shape);
}

function describeName(path: Path): Bilingual {
  if (path.includes("headers")) return { en: "Expected the name of an HTTP header", ar: "المتوقع اسم ترويسة HTTP" };
  return {
    en: "Expected a name of at most 64 small Latin letters, digits, '.', '_' and '-' that begins with a letter or a digit",
    ar: "المتوقع اسم من 64 محرفًا على الأكثر: حروف لاتينية صغيرة وأرقام و '.' و '_' و '-'، يبدأ بحرف أو رقم",
  };
}

// None of these repeats the value, as a key is easily put into the wrong one of them.
function describeFormat(path: Path, value: unknown): Bilingual {
  if (path.at(-1) === "apiKeyEnv") {
    return {
      en: "Expected the name of a variable such as PRIMARY_KEY, found something else (the key itself belongs into the variable)",
      ar: "المتوقع اسم متغير مثل PRIMARY_KEY، والموجود غير ذلك (مكان المفتاح نفسه هو المتغير)",
    };
  }
  if (path.includes("headers")) {
    return {
      en: "Expected a header's value of visible Latin characters",
      ar: "المتوقع قيمة ترويسة من محارف لاتينية ظاهرة",
    };
  }
  if (path.at(-1) === "resource" || path.at(-1) === "apiVersion") {
    return wanted({ en: "Latin letters, digits and '-'", ar: "حروف لاتينية وأرقام و '-'" }, value);
  }
  return path.at(-1) === "provider"
    ? wanted({ en: "the name of a provider", ar: "اسم مزود" }, value)
    : describeName(path);
}

function describeSize(bound: "min" | "max", limit: number, origin: string, value: unknown): Bilingual {
  const en = bound === "min" ? `at least ${limit}` : `at most ${limit}`;
  const ar = bound === "min" ? `${limit} على الأقل` : `${limit} على الأكثر`;
  if (origin === "array")
    return { en: `Expected ${en} entry, found ${(value as unknown[]).length}`, ar: `المتوقع ${ar} من العناصر` };
  if (origin === "string") {
    const length = String(value).trim().length;
    return { en: `Expected ${en} characters, found ${length}`, ar: `المتوقع ${ar} من المحارف، والموجود ${length}` };
  }
  return wanted({ en, ar }, value);
}

/** The value at a path of unchecked data, or `undefined`. */
export function valueAt(raw: unknown, path: Path): unknown {
  let value = raw;
  for (const part of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, part)) return undefined;
    value = (value as Record<PropertyKey, unknown>)[part];
  }
  return value;
}
