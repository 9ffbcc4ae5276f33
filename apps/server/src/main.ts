import { enableCompileCache, flushCompileCache } from "node:module";

// Before anything else is compiled: what an earlier start compiled is taken as it is, which halves the time of this one.
enableCompileCache();
await import("./run.ts");
// Now, since a process that is killed leaves nothing behind.
flushCompileCache();
