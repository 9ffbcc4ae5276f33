import { testCorpus } from "../../testing/corpus_replay.ts";
import { OpenAiResponsesProvider } from "./mod.ts";

testCorpus({
  dialect: "openai-responses",
  subject: "OpenAiResponsesProvider",
  makeProvider: (options) => new OpenAiResponsesProvider(options),
});
