export type { ContextSection, ProjectContext, ProjectSettings, SectionKind } from "./project_context.ts";
export type { ProjectInfo } from "./project_questions.ts";
export { ProjectQuestions } from "./project_questions.ts";
export { ProjectReader } from "./project_reader.ts";
export { speaksOfProject } from "./question_words.ts";
export { projectSettings } from "./settings_of.ts";
