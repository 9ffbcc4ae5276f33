import { testCorpus } from "../../testing/corpus_replay.ts";
import { AnthropicMessagesProvider } from "./mod.ts";

testCorpus({
  dialect: "anthropic-messages",
  subject: "AnthropicMessagesProvider",
  makeProvider: (options) => new AnthropicMessagesProvider(options),
});
