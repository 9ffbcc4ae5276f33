export type { RetentionKeeperOptions } from "./keeper.ts";
export { RetentionKeeper } from "./keeper.ts";
export type { Swept } from "./sweep.ts";
export { Sweeper } from "./sweep.ts";
