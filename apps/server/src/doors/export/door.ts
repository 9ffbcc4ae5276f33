import { formatFailure } from "@cogniforge/core/failures";
import * as z from "zod";
import type { ExportLocale } from "../../answers/conversation_markdown.ts";
import { conversationMarkdown } from "../../answers/conversation_markdown.ts";
import { conversationJson } from "../../answers/exported_conversations.ts";
import { contentDisposition, fileNameOf } from "../../answers/file_name.ts";
import type { Principal } from "../../auth/principal.ts";
import { FailureError } from "../../failure_error.ts";
import { failureErrorOf, sendFailure } from "../../http/respond.ts";
import type { HttpRoute } from "../../http/routes.ts";
import type { Services } from "../../services.ts";
import type { Authenticate } from "../guard.ts";
import { admit } from "../guard.ts";

const querySchema = z.object({
  format: z.enum(["markdown", "json"]).default("markdown"),
  /** Of the words around the texts, in Markdown. */
  locale: z.enum(["en", "ar"]).default("en"),
});

interface Download {
  title: string;
  extension: string;
  mediaType: string;
  text: string;
}

/** `GET /admin/api/conversations/{id}/export`: a conversation as a file. */
export function exportRoutes(services: Pick<Services, "conversations">, authenticate: Authenticate): HttpRoute[] {
  return [
    {
      methods: ["GET"],
      path: /^\/admin\/api\/conversations\/(?<id>[\w-]{1,64})\/export$/,
      async handle({ request, response, url }, { id = "" }) {
        const principal = await admit(authenticate, request);
        const query = querySchema.safeParse(Object.fromEntries(url.searchParams));
        if (!query.success) {
          throw new FailureError("invalid-input", { param: query.error.issues[0]?.path.join(".") ?? "format" });
        }
        const { format, locale } = query.data;
        const { conversations } = services;
        const { title, extension, mediaType, text } =
          format === "json"
            ? await asJson(conversations, principal, id)
            : await asMarkdown(conversations, principal, id, locale);
        response.writeHead(200, {
          "content-type": `${mediaType}; charset=utf-8`,
          "content-length": Buffer.byteLength(text),
          "content-disposition": contentDisposition(fileNameOf(title, extension)),
          "cache-control": "no-store",
          "x-content-type-options": "nosniff",
        });
        response.end(text);
      },
      refuse({ response }, error) {
        const failure = failureErrorOf(error);
        sendFailure(response, failure, {
          status: "error",
          message: formatFailure(failure.info),
          failure: failure.info,
        });
      },
    },
  ];
}

/** The branch that is shown, to be read. */
async function asMarkdown(
  conversations: Services["conversations"],
  principal: Principal,
  id: string,
  locale: ExportLocale,
): Promise<Download> {
  const view = await conversations.get(principal, id);
  return { title: view.title, extension: "md", mediaType: "text/markdown", text: conversationMarkdown(view, locale) };
}

/** Everything: all branches, with each answer's attempts and measures. */
async function asJson(conversations: Services["conversations"], principal: Principal, id: string): Promise<Download> {
  const { title, text } = await conversationJson(conversations, principal, id);
  return { title, extension: "json", mediaType: "application/json", text };
}
