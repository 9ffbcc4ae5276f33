export type { Ask } from "./ask.ts";
export { askSchema } from "./ask.ts";
export type { EngineOptions, StartRequest } from "./engine.ts";
export { Engine } from "./engine.ts";
export { foldJournal } from "./fold_journal.ts";
export type { Route, RouteResolver, Target } from "./route.ts";
export type { CursoredEvent, WatchOptions } from "./watch.ts";
export { watchAnswer } from "./watch.ts";
