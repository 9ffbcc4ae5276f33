import type { Migration } from "kysely/migration";
import { beginning } from "./m0001_beginning.ts";
import { prefillMemory } from "./m0002_prefill_memory.ts";
import { prefillSetting } from "./m0003_prefill_setting.ts";
import { branchesAndSearch } from "./m0004_branches_and_search.ts";
import { answerMeasures } from "./m0005_answer_measures.ts";
import { apiKeys } from "./m0006_api_keys.ts";
import { consoleSettings } from "./m0007_console_settings.ts";
import { projectContexts } from "./m0008_project_contexts.ts";
import { retention } from "./m0009_retention.ts";
import { searchMerges } from "./m0010_search_merges.ts";

/** Every migration by name, in the order of the names; one that was released is never edited. */
export const MIGRATIONS: Record<string, Migration> = {
  "0001_beginning": beginning,
  "0002_prefill_memory": prefillMemory,
  "0003_prefill_setting": prefillSetting,
  "0004_branches_and_search": branchesAndSearch,
  "0005_answer_measures": answerMeasures,
  "0006_api_keys": apiKeys,
  "0007_console_settings": consoleSettings,
  "0008_project_contexts": projectContexts,
  "0009_retention": retention,
  "0010_search_merges": searchMerges,
};
