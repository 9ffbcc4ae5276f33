import { testCorpus } from "../../testing/corpus_replay.ts";
import { OpenAiChatProvider } from "./mod.ts";

testCorpus({
  dialect: "openai-chat",
  subject: "OpenAiChatProvider",
  makeProvider: (options) => new OpenAiChatProvider(options),
  reasonToLeaveOut: ({ transport }) => {
    if (transport === undefined || transport.phase === "drip" || transport.phase === "after-all") return undefined;
    if (transport.phase === "dns")
      return "a name that cannot be resolved needs a network; the refused connection stands for it";
    if (transport.phase === "after-headers") return "the limits on silence are the engine's";
    return transport.phase === "connect" ? undefined : `the replay has no '${transport.phase}'`;
  },
});
