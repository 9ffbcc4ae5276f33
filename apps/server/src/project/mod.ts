export type { ContextSection, ProjectContext, ProjectSettings, SectionKind } from "./project_context.ts";
export { ProjectReader } from "./project_reader.ts";
export { speaksOfProject } from "./question_words.ts";
