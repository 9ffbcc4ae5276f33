import type { Bilingual } from "@cogniforge/core/events";
import type * as z from "zod";
import { FailureError } from "../../failure_error.ts";

type Issue = z.core.$ZodIssue;

/**
 * The refusal of a request, by the first thing that is wrong with it: a field, a kind of block or a tool that nobody knows here
 * is a wish that can't be fulfilled, anything else a mistake.
 */
export function refusalOf({ issues }: z.ZodError): FailureError {
  const issue = deepest(issues[0]);
  const path = issue?.path ?? [];
  if (issue?.code === "unrecognized_keys") {
    return new FailureError("unsupported-feature", { param: [...path, issue.keys[0]].join(".") });
  }
  const isUnknownKind = issue?.code === "invalid_union" && issue.errors.length === 0;
  const isUncarried = (issue?.code === "invalid_value" || issue?.code === "too_big") && isFeature(path);
  const param = path.join(".") || undefined;
  if (isUnknownKind || isUncarried) return new FailureError("unsupported-feature", { param });
  return new FailureError("invalid-input", { param, detail: issue && detailOf(issue) });
}

/** Fields whose other values ask for something that Anthropic has and this server can't carry. */
function isFeature(path: readonly PropertyKey[]): boolean {
  return path.some((step) => ["tools", "citations", "caller", "toolset_name"].includes(String(step)));
}

function detailOf(issue: Issue): Bilingual | undefined {
  switch (issue.code) {
    case "invalid_type":
      return { en: `A value of type '${issue.expected}' is expected`, ar: `المتوقّع قيمة من النوع '${issue.expected}'` };
    case "invalid_value": {
      const values = issue.values.map(String).join(", ");
      return { en: `One of these is expected: ${values}`, ar: `المتوقّع إحدى هذه القيم: ${values}` };
    }
    case "too_small":
      return { en: `At least ${issue.minimum} is expected`, ar: `الحدّ الأدنى ${issue.minimum}` };
    case "too_big":
      return { en: `At most ${issue.maximum} is expected`, ar: `الحدّ الأقصى ${issue.maximum}` };
    default:
      return undefined;
  }
}

/** Of a union's complaints that of the member which was meant: the one that came furthest. */
function deepest(issue: Issue | undefined): Issue | undefined {
  if (issue?.code !== "invalid_union" || issue.errors.length === 0) return issue;
  const furthest = issue.errors.flat().toSorted((one, other) => other.path.length - one.path.length)[0];
  if (furthest === undefined) return issue;
  return deepest({ ...furthest, path: [...issue.path, ...furthest.path] });
}
