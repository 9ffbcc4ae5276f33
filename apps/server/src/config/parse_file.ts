import type * as z from "zod";
import type { ConfigReport } from "./config_error.ts";
import { describeIssue, valueAt } from "./file_problems.ts";
import { configFileSchema, type ParsedConfigFile, providerSchema, routeSchema } from "./file_schema.ts";

/** Checks the fields of a file's content; `undefined` after an error, of which all are reported. */
export function parseConfigFile(raw: unknown, report: ConfigReport, name: string): ParsedConfigFile | undefined {
  const result = configFileSchema.safeParse(raw);
  if (result.success) return result.data;
  for (const issue of result.error.issues.flatMap((issue) => [issue, ...issuesBehind(issue, raw)])) {
    for (const { path, message } of describeIssue(issue, raw)) report.error(path || name, message.en, message.ar);
  }
  return undefined;
}

/** What is wrong in an entry with a wrong name: the schema of a record stops at the name. */
function issuesBehind(issue: z.core.$ZodIssue, raw: unknown): z.core.$ZodIssue[] {
  if (issue.code !== "invalid_key" || issue.path.length !== 2) return [];
  const schema = issue.path[0] === "providers" ? providerSchema : routeSchema;
  const issues = schema.safeParse(valueAt(raw, issue.path)).error?.issues ?? [];
  return issues.map((inner) => ({ ...inner, path: [...issue.path, ...inner.path] }));
}
