import { CONSOLE_CASES } from "./conformance/console_cases.ts";
import { CONVERSATION_CASES } from "./conformance/conversation_cases.ts";
import { EXPIRY_CASES } from "./conformance/expiry_cases.ts";
import { KEY_CASES } from "./conformance/key_cases.ts";
import { MEASURE_CASES } from "./conformance/measure_cases.ts";
import { PREFILL_CASES } from "./conformance/prefill_cases.ts";
import { RECORD_CASES } from "./conformance/record_cases.ts";
import { SEARCH_CASES } from "./conformance/search_cases.ts";
import type { StoreCase } from "./conformance/store_case.ts";

/** What every storage must keep, whichever its database: each case needs an empty one. */
export const STORE_CASES: readonly StoreCase[] = [
  ...CONVERSATION_CASES,
  ...SEARCH_CASES,
  ...RECORD_CASES,
  ...MEASURE_CASES,
  ...KEY_CASES,
  ...CONSOLE_CASES,
  ...PREFILL_CASES,
  ...EXPIRY_CASES,
];
