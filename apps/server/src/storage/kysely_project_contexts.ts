import type { Kysely } from "kysely";
import type { ProjectContext } from "../project/mod.ts";
import type { ProjectContexts } from "./project_contexts.ts";
import type { StorageSchema } from "./schema.ts";

/** What was sent of projects, through Kysely; it goes for good with its conversation. */
export class KyselyProjectContexts implements ProjectContexts {
  readonly #db: Kysely<StorageSchema>;

  constructor(db: Kysely<StorageSchema>) {
    this.#db = db;
  }

  async put(answerId: string, conversationId: string, context: ProjectContext): Promise<void> {
    const { project, version, text, sections } = context;
    await this.#db
      .insertInto("project_contexts")
      .values({
        answer_id: answerId,
        conversation_id: conversationId,
        project,
        version,
        text,
        length: text.length,
        sections: JSON.stringify(sections),
      })
      .onConflict((conflict) => conflict.column("answer_id").doNothing())
      .execute();
  }

  async get(answerId: string): Promise<ProjectContext | undefined> {
    const row = await this.#db
      .selectFrom("project_contexts")
      .select(["project", "version", "text", "sections"])
      .where("answer_id", "=", answerId)
      .executeTakeFirst();
    return row && { ...row, sections: JSON.parse(row.sections) };
  }
}
