import type { Anchor } from "./anchor.ts";
import { languageOf } from "./language.ts";

/**
 * How a target is asked to go on, from the surest to the plainest.
 *
 * - `prefill`: the partial answer stands as the beginning of the model's own message, in the provider's own way.
 * - `quote`: the partial answer stands as its last message, and a user turn quotes its end and asks to go on.
 * - `restart`: the question is asked again, and what is known is swallowed.
 */
export type Strategy = "prefill" | "quote" | "restart";

/** A message, as far as a continuation is concerned. */
interface Message {
  role: string;
  content?: unknown;
}

const REQUESTS: Record<"en" | "ar", (tail: string) => string> = {
  en: (tail) =>
    [
      "Your last message was cut off by a broken connection. After what stands there, these words still arrived:",
      `<<<${tail}>>>`,
      "Begin by repeating exactly these words, without the brackets, then go on from there to the end of your answer, in the same language and format. Write nothing before them: no greeting, no comment, no heading.",
    ].join("\n\n"),
  ar: (tail) =>
    [
      "انقطعت رسالتك الأخيرة بسبب خلل في الاتصال، وقد وصلت بعدها هذه الكلمات أيضًا:",
      `<<<${tail}>>>`,
      "ابدأ بتكرار هذه الكلمات كما هي دون الأقواس، ثم أكمل إجابتك من بعدها حتى نهايتها باللغة والتنسيق نفسيهما. لا تكتب قبلها شيئًا: لا تحية ولا تعليقًا ولا عنوانًا.",
    ].join("\n\n"),
};

/** The messages that ask for a continuation by quotation, in the answer's own language. */
export function quoteMessages<M extends Message>(messages: readonly M[], { handed, tail }: Anchor): (M | Message)[] {
  const request = REQUESTS[languageOf(handed + tail)](tail.trim());
  return [...messages, { role: "assistant", content: handed }, { role: "user", content: request }];
}
