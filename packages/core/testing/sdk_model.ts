import type { LanguageModelV4CallOptions, LanguageModelV4StreamPart } from "@ai-sdk/provider";
import type { AiSdkModel } from "../providers/ai_sdk/mod.ts";

/** A model of the AI SDK that says the parts and heeds no signal; an error among them is thrown. Nothing to say: it never answers. */
export function modelOf(parts: readonly unknown[] | undefined, isOpen = false) {
  let open = 0;
  const calls: LanguageModelV4CallOptions[] = [];
  const model: AiSdkModel = {
    specificationVersion: "v4",
    provider: "deaf.chat",
    modelId: "deaf",
    supportedUrls: {},
    doGenerate: () => Promise.reject(new Error("Not asked for")),
    async doStream(options: LanguageModelV4CallOptions) {
      calls.push(options);
      if (parts === undefined) return await new Promise<never>(() => {});
      let at = 0;
      open++;
      const stream = new ReadableStream<LanguageModelV4StreamPart>(
        {
          async pull(controller) {
            await new Promise((resolve) => setTimeout(resolve, 0));
            const part = parts[at++];
            if (part instanceof Error) throw part;
            if (part !== undefined) controller.enqueue(part as LanguageModelV4StreamPart);
            else if (isOpen) await new Promise(() => {});
            else {
              open--;
              controller.close();
            }
          },
          cancel() {
            open--;
          },
        },
        { highWaterMark: 0 },
      );
      return { stream };
    },
  };
  return { model, calls, isReleased: () => open === 0 };
}

/** A piece of text. */
export const said = (delta: string) => ({ type: "text-delta", id: "1", delta });
/** Usage in the words of the specification's later versions. */
export const USAGE = {
  inputTokens: { total: 7, noCache: 3, cacheRead: 4, cacheWrite: undefined },
  outputTokens: { total: 9, text: 4, reasoning: 5 },
};
/** The end, for a reason. */
export const finished = (unified: string, raw?: string) => ({
  type: "finish",
  usage: USAGE,
  finishReason: { unified, raw },
});
