import type { ChatMessage } from "../chat_message.ts";

/** So much of the question is repeated, in graphemes. */
const MAX_ECHO = 80;

/** The trial answer to a conversation, in the language of its last question. */
export function trialText(messages: readonly ChatMessage[]): string {
  const question = lastQuestion(messages);
  const echo = shorten(question);
  return isArabic(question) ? arabicText(echo) : englishText(echo);
}

function arabicText(echo: string): string {
  return `**هذه إجابةٌ تجريبيّة** 🧪: لم يُسأَل عنها أيُّ نموذجٍ لغويّ.

${echo === "" ? "لم أجد نصَّ سؤالك." : `سؤالك: «${echo}»`}

لتحصل على إجاباتٍ حقيقيّة، اضبط واحدًا من هذه المتغيّرات ثمّ اسأل من جديد:

- \`OPENROUTER_API_KEY\`: مفتاح OpenRouter، وبه تصل إلى أكثر النماذج
- \`OPENAI_API_KEY\` أو \`ANTHROPIC_API_KEY\` أو \`GEMINI_API_KEY\`: مفتاح المزوّد نفسِه
- \`LLM_BASE_URL\`: عنوان خادمٍ يتكلّم لغة OpenAI، مثل Ollama على جهازك

مثلًا في ملفّ \`.env\`:

\`\`\`sh
OPENROUTER_API_KEY=مفتاحك
\`\`\`

وهكذا يصل البثّ كاملًا، بتشكيله (مُدَرِّسَةٌ) ورموزه 👩‍💻 ومسافاته.
`;
}

function englishText(echo: string): string {
  return `**This is a trial answer** 🧪: no language model was asked.

${echo === "" ? "I found no text in your question." : `Your question: “${echo}”`}

To get real answers, set one of these variables and ask again:

- \`OPENROUTER_API_KEY\`: a key of OpenRouter, which reaches most models
- \`OPENAI_API_KEY\`, \`ANTHROPIC_API_KEY\` or \`GEMINI_API_KEY\`: a key of that provider itself
- \`LLM_BASE_URL\`: the address of a server that speaks OpenAI's language, such as an Ollama of your own

For example in the file \`.env\`:

\`\`\`sh
OPENROUTER_API_KEY=your-key
\`\`\`

This is how a stream arrives whole, with its marks (مُدَرِّسَةٌ), its emoji 👩‍💻 and its spaces.
`;
}

function lastQuestion(messages: readonly ChatMessage[]): string {
  const content = messages.findLast((message) => message.role === "user")?.content;
  if (typeof content === "string") return content;
  return (content ?? []).map((item) => (typeof item.text === "string" ? item.text : "")).join(" ");
}

/** Arabic questions often hold Latin names, so a third of the letters is enough. */
function isArabic(text: string): boolean {
  const arabic = text.match(/\p{Script=Arabic}/gu)?.length ?? 0;
  const letters = text.match(/\p{L}/gu)?.length ?? 0;
  return arabic * 3 >= letters && arabic > 0;
}

/** One line without Markdown's marks, cut between graphemes. */
function shorten(question: string): string {
  const line = question
    .slice(0, MAX_ECHO * 20)
    .replaceAll(/[`*_~<>[\]#|\\]/g, "")
    .replaceAll(/\s+/g, " ")
    .trim();
  const graphemes = [...new Intl.Segmenter().segment(line)];
  const next = graphemes[MAX_ECHO];
  return next === undefined ? line : `${line.slice(0, next.index).trimEnd()}…`;
}
