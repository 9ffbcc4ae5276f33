import { testCorpus } from "../../testing/corpus_replay.ts";
import { GeminiProvider } from "./mod.ts";

testCorpus({
  dialect: "gemini",
  subject: "GeminiProvider",
  makeProvider: (options) => new GeminiProvider(options),
});
