import type { AnswerView } from "./answer_view.ts";
import type { ConversationView, TurnView } from "./conversation_view.ts";

export type ExportLocale = "en" | "ar";

const WORDS = {
  question: { en: "Question", ar: "السؤال" },
  answer: { en: "Answer", ar: "الإجابة" },
  created: { en: "Created", ar: "أُنشئت" },
  changed: { en: "Last question", ar: "آخر سؤال" },
  turns: { en: "Questions", ar: "عدد الأسئلة" },
  none: { en: "This question got no answer.", ar: "لم يحظ هذا السؤال بإجابة." },
  running: { en: "The answer was still being written.", ar: "كانت الإجابة لا تزال تُكتب." },
  cancelled: { en: "The answer was stopped.", ar: "أُوقفت الإجابة." },
  failed: { en: "The answer failed:", ar: "فشلت الإجابة:" },
  model: { en: "Model", ar: "النموذج" },
  route: { en: "Route", ar: "المسار" },
  attempts: { en: "Attempts", ar: "المحاولات" },
  firstToken: { en: "First token", ar: "أول رمز" },
  total: { en: "Time", ar: "الزمن" },
  speed: { en: "Tokens per second", ar: "رمز في الثانية" },
  input: { en: "Input tokens", ar: "رموز الإدخال" },
  output: { en: "Output tokens", ar: "رموز الإخراج" },
  cost: { en: "Cost", ar: "التكلفة" },
  seconds: { en: "s", ar: "ث" },
} satisfies Record<string, Record<ExportLocale, string>>;

/**
 * A conversation's branch as Markdown.
 *
 * Each text stands in a block whose direction is its own, so that Arabic and English read well in one document.
 */
export function conversationMarkdown(view: ConversationView, locale: ExportLocale): string {
  const say: Say = (word) => WORDS[word][locale];
  const head = [
    `# ${inline(view.title)}`,
    [
      `- ${say("created")}: ${moment(view.createdAt)}`,
      `- ${say("changed")}: ${moment(view.updatedAt)}`,
      `- ${say("turns")}: ${view.turns.length}`,
    ].join("\n"),
  ];
  const turns = view.turns.flatMap((turn, index) => turnParts(turn, index + 1, say, locale));
  return `${[...head, ...turns].join("\n\n")}\n`;
}

type Say = (word: keyof typeof WORDS) => string;

function turnParts(turn: TurnView, number: number, say: Say, locale: ExportLocale): string[] {
  const { question, askedAt, answer } = turn;
  const quoted = question.split(/\r\n?|\n/).map((line) => `> ${line}`.trimEnd());
  const parts = ["---", `## ${say("question")} ${number} · ${moment(askedAt)}`, block(quoted.join("\n"))];
  if (answer === undefined) return [...parts, `*${say("none")}*`];
  parts.push(`### ${say("answer")} ${number}`);
  if (answer.text !== "") parts.push(block(closed(answer.text)));
  const note = noteOf(answer, say, locale);
  if (note !== undefined) parts.push(`*${note}*`);
  parts.push(measures(answer, say));
  return parts;
}

function noteOf({ status, end }: AnswerView, say: Say, locale: ExportLocale): string | undefined {
  if (status === "running") return say("running");
  if (status === "cancelled") return say("cancelled");
  if (status !== "failed") return undefined;
  return `${say("failed")} ${inline(end?.failure?.message[locale] ?? "")}`.trim();
}

/** What is known of the answer; unknown numbers are left out. */
function measures({ route, attempts, end }: AnswerView, say: Say): string {
  const seconds = (ms: number | undefined) => ms !== undefined && `${(ms / 1000).toFixed(2)} ${say("seconds")}`;
  const model = end?.modelReported ?? end?.model;
  const rows: [string, string | number | false | undefined][] = [
    [say("model"), model && `\`${[end?.provider, model].filter(Boolean).join(" · ")}\``],
    [say("route"), `\`${route}\``],
    [say("attempts"), attempts.length],
    [say("firstToken"), seconds(end?.timing.firstTokenMs)],
    [say("total"), seconds(end?.timing.totalMs)],
    [say("speed"), end?.timing.tokensPerSecond],
    [say("input"), end?.usage?.inputTokens],
    [say("output"), end?.usage?.outputTokens],
    [say("cost"), end?.cost && `$${end.cost.amount}`],
  ];
  const known = rows.filter(([, value]) => value !== undefined && value !== false && value !== "");
  return known.map(([name, value]) => `- ${name}: ${value}`).join("\n");
}

/** A text on its own, in its own direction; the empty lines let Markdown be read inside. */
function block(text: string): string {
  return `<div dir="auto">\n\n${text}\n\n</div>`;
}

/** Closes a code block that was cut with its answer, so that it does not swallow what follows. */
function closed(text: string): string {
  let fence: string | undefined;
  for (const line of text.split("\n")) {
    const [, mark = "", rest = ""] = /^ {0,3}(`{3,}|~{3,})(.*)$/.exec(line) ?? [];
    if (mark === "") continue;
    if (fence === undefined) fence = mark;
    else if (mark[0] === fence[0] && mark.length >= fence.length && rest.trim() === "") fence = undefined;
  }
  return fence === undefined ? text : `${text.trimEnd()}\n${fence}`;
}

function inline(text: string): string {
  return text.replace(/\s+/g, " ").replace(/[\\`*_[\]<>#]/g, "\\$&");
}

/** Such as "2026-11-22 14:05 UTC": the same for whoever reads it. */
function moment(at: number): string {
  return `${new Date(at).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}
