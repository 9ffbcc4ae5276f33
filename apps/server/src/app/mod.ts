export type { Activity, App, AppOptions } from "./app.ts";
export { startApp } from "./start_app.ts";
