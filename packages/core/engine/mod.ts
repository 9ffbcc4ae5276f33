export type { Ask } from "./ask.ts";
export { askSchema } from "./ask.ts";
