import type { CodeLanguage } from "./code_languages.ts";
import type { LineRuns } from "./code_runs.ts";

/** What the page asks for. */
export type RenderRequest =
  | { kind: "code"; id: number; block: string; language: CodeLanguage; text: string; isFirst: boolean }
  | { kind: "math"; id: number; tex: string; isDisplay: boolean };

/** What it gets; without a value it couldn't be done. */
export type RenderReply = { id: number; runs?: LineRuns[]; html?: string };

type Highlighter = import("./code_highlighter.ts").CodeHighlighter;

let highlighter: Promise<Highlighter> | undefined;

async function answer(request: RenderRequest): Promise<RenderReply> {
  if (request.kind === "math") {
    const { typeset } = await import("./math_typesetter.ts");
    const html = typeset(request.tex, request.isDisplay);
    return html === undefined ? { id: request.id } : { id: request.id, html };
  }
  highlighter ??= import("./code_highlighter.ts").then(({ CodeHighlighter }) => new CodeHighlighter());
  const { block, language, text, isFirst } = request;
  return { id: request.id, runs: await (await highlighter).highlight(block, language, text, isFirst) };
}

// One after the other, as the lines of one block depend on those before.
let queue = Promise.resolve();
addEventListener("message", ({ data }: MessageEvent<RenderRequest>) => {
  queue = queue.then(async () => {
    const reply = await answer(data).catch((): RenderReply => ({ id: data.id }));
    postMessage(reply);
  });
});
