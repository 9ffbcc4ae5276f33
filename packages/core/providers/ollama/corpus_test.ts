import { testCorpus } from "../../testing/corpus_replay.ts";
import { OllamaProvider } from "./mod.ts";

testCorpus({
  dialect: "ollama",
  subject: "OllamaProvider",
  makeProvider: (options) => new OllamaProvider(options),
});
