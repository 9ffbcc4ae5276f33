import type { AskQuestion } from "../../answers/answers.ts";
import { FailureError } from "../../failure_error.ts";
import { mediaType, parseJsonObject, readBody } from "../../http/body.ts";
import type { Exchange } from "../../http/routes.ts";

/** Largest body that is taken, in bytes: the longest question in four-byte characters, escaped, fits. */
const MAX_BODY_BYTES = 4 * 1024 * 1024;

const FIELDS = ["question", "conversation_id", "answer_id", "route", "project"] as const;
type Field = (typeof FIELDS)[number];

/**
 * Reads a question from the query, a form or a JSON body.
 *
 * @throws {FailureError} `invalid-input`, `invalid-json`, `unsupported-media-type` or `body-too-large`.
 */
export async function readQuestion({ request, url }: Exchange): Promise<AskQuestion> {
  const fields = request.method === "POST" ? await readFields(request) : fieldsOf(url.searchParams);
  return {
    question: fields.question ?? "",
    // The old client sends an empty field, or the word "null", for a conversation that it does not have yet.
    conversationId: fields.conversation_id === "null" ? undefined : fields.conversation_id || undefined,
    answerId: fields.answer_id || undefined,
    route: fields.route || undefined,
    project: isAboutProject(fields.project),
  };
}

function isAboutProject(value: string | undefined): boolean | undefined {
  if (value === undefined || value === "") return undefined;
  if (value === "true" || value === "1") return true;
  if (value === "false" || value === "0") return false;
  throw new FailureError("invalid-input", { param: "project", detail: "'project' must be true or false" });
}

async function readFields(request: Exchange["request"]): Promise<Partial<Record<Field, string>>> {
  const type = mediaType(request);
  const body = await readBody(request, MAX_BODY_BYTES);
  if (type === "application/x-www-form-urlencoded") return fieldsOf(new URLSearchParams(body.toString("utf8")));
  if (type !== undefined && type !== "application/json" && type !== "text/plain") {
    throw new FailureError("unsupported-media-type");
  }
  const json = parseJsonObject(body);
  const fields: Partial<Record<Field, string>> = {};
  for (const field of FIELDS) {
    const value = json[field] ?? undefined;
    if (value === undefined) continue;
    const isText =
      typeof value === "string" ||
      (field === "conversation_id" && typeof value === "number") ||
      (field === "project" && typeof value === "boolean");
    if (!isText) throw new FailureError("invalid-input", { param: field, detail: `'${field}' must be a text` });
    fields[field] = String(value);
  }
  return fields;
}

function fieldsOf(query: URLSearchParams): Partial<Record<Field, string>> {
  return Object.fromEntries(FIELDS.flatMap((field) => (query.has(field) ? [[field, query.get(field) ?? ""]] : [])));
}
