import { testCorpus } from "../../testing/corpus_replay.ts";
import { CohereProvider } from "./mod.ts";

testCorpus({
  dialect: "cohere",
  subject: "CohereProvider",
  makeProvider: (options) => new CohereProvider(options),
});
