import type { ProjectContext } from "../project/mod.ts";

/** What was sent of projects along with questions, by the ids of their answers. */
export interface ProjectContexts {
  /** Of an answer that has one already, the first one stays. */
  put(answerId: string, conversationId: string, context: ProjectContext): Promise<void>;
  get(answerId: string): Promise<ProjectContext | undefined>;
}
