import { testLimitStore } from "./limit_store_conformance.ts";
import { MemoryLimitStore } from "./mod.ts";

testLimitStore("MemoryLimitStore", () => {
  // Whole seconds, since what is used up is summed by the second.
  let now = 1_000_000;
  return {
    store: new MemoryLimitStore(() => now),
    pass(ms) {
      now += ms;
    },
  };
});
