import type { Locale } from "./words.ts";

/** What the pictures of the documentation show. */
export interface Showcase {
  /** Asked before, each with its answer: they stand in the list. */
  earlier: readonly (readonly [question: string, answer: string])[];
  question: string;
  reasoning: string;
  answer: string;
  /** An answer that one provider begins and another one ends. */
  rescued: { question: string; begun: string; rest: string };
  failed: string;
  search: string;
  project: string;
  aboutProject: string;
  keyName: string;
}

const CODE = `\`\`\`ts
const source = new EventSource("/admin/api/chat/stream?question=hello");
source.onmessage = ({ data }) => {
  const { type, payload } = JSON.parse(data);
  if (type === "data") output.append(payload.content);
  if (type === "end") source.close();
};
\`\`\``;

export const SHOWCASES: Record<Locale, Showcase> = {
  ar: {
    earlier: [
      ["ما الفرق بين SSE وWebSocket؟", "SSE اتجاه واحد فوق HTTP، وWebSocket اتجاهان فوق وصلة خاصة."],
      ["لخّص ملاحظات الإصدار 1.4 في ثلاث نقاط", "- بث لا ينقطع\n- قياسات حيّة\n- مفاتيح لكل برنامج"],
      [
        "How do I rotate an API key without downtime, step by step?",
        "Create the new key, deploy it, revoke the old one.",
      ],
      ["اكتب استعلام SQL يعدّ الإجابات في كل يوم", "```sql\nselect date(at), count(*) from answers group by 1;\n```"],
      ["ما معنى الرمز 429 وماذا أفعل عندما أراه؟", "طلبات أكثر من المسموح: انتظر ثم أعد المحاولة."],
    ],
    question: "كيف يستأنف المتصفح بثًّا انقطع؟ أريد مثالًا وجدولًا.",
    reasoning: "السؤال عن Last-Event-ID. أذكر الخطوات، ثم مثالًا بـ EventSource، ثم جدول الحقول، ثم زمن الانتظار.",
    answer: `## استئناف البث

كل حدث يحمل رقمًا في الحقل \`id\`. إذا انقطعت الوصلة:

1. يعيد المتصفح الاتصال وحده، ويرسل آخر رقم وصله في \`Last-Event-ID\`.
2. يقرأ الخادم **السجل** من ذلك الموضع.
3. تصل البقية كما هي، دون تكرار ولا نقص.

${CODE}

| الحقل | معناه | مثال |
|---|---|---|
| \`id\` | موضع الحدث | \`a7f:42\` |
| \`retry\` | مهلة إعادة الاتصال | 1000 |
| \`data\` | قطعة من النص | \`{"type":"data"}\` |

وإذا تكرر الفشل تضاعفت المهلة بين المحاولات: $t_n = \\min(t_{max},\\ t_0 \\cdot 2^n)$.`,
    rescued: {
      question: "لماذا يُكتب الحدث في السجل قبل أن يراه القارئ؟",
      begun:
        "يُكتب الحدث أولًا لأن ما رآه القارئ **لا يُسحب منه**. فإذا توقف الخادم فجأة ثم عاد، وجد في السجل كل ما وصل إلى القراء، ",
      rest: "وأكمل من الموضع نفسه.\n\n- لا حرف يُفقد، لأن الكتابة تسبق العرض.\n- لا حرف يتكرر، لأن لكل قطعة موضعًا معلومًا.\n\nوبهذا يبقى النص الذي يجمعه القارئ مساويًا للنص النهائي.",
    },
    failed: "ترجم هذا النص إلى الإنجليزية",
    search: "البث",
    project: "متجر",
    aboutProject:
      "ملفات المشروع الرئيسة:\n\n- `src/orders.py`: مخزن الطلبات.\n- `src/pay_invoice.ts`: دفع الفواتير.\n\nأضعف ما فيه أن **الدفع بلا اختبارات**.",
    keyName: "الموقع العام",
  },
  en: {
    earlier: [
      ["What is the difference between SSE and WebSocket?", "SSE goes one way over HTTP, a WebSocket both ways."],
      [
        "Summarise the notes of release 1.4 in three points",
        "- Streams that don't break\n- Live measures\n- A key a program",
      ],
      ["كيف أبدّل مفتاح API دون توقف، خطوة بعد خطوة؟", "أنشئ الجديد، ثم انشره، ثم ألغِ القديم."],
      [
        "Write an SQL query that counts answers by day",
        "```sql\nselect date(at), count(*) from answers group by 1;\n```",
      ],
      ["What does 429 mean, and what do I do about it?", "Too many requests: wait, then try again."],
    ],
    question: "How does a browser resume a stream that broke? With an example and a table, please.",
    reasoning:
      "They mean Last-Event-ID. I name the steps, then an example with EventSource, then the fields as a table, then the wait.",
    answer: `## Resuming a stream

Every event carries a number in its field \`id\`. When the connection breaks:

1. The browser connects again by itself and sends the last number it got as \`Last-Event-ID\`.
2. The server reads its **journal** from that position.
3. The rest arrives as it is: nothing twice, nothing lost.

${CODE}

| Field | Meaning | Example |
|---|---|---|
| \`id\` | position of the event | \`a7f:42\` |
| \`retry\` | pause before connecting again | 1000 |
| \`data\` | a piece of the text | \`{"type":"data"}\` |

Each failure doubles the pause before the next try: $t_n = \\min(t_{max},\\ t_0 \\cdot 2^n)$.`,
    rescued: {
      question: "Why is an event written to the journal before a reader sees it?",
      begun:
        "The event is written first because what a reader has seen is **never taken back**. When the server stops suddenly and comes back, it finds in the journal all that had reached its readers, ",
      rest: "and goes on from that very position.\n\n- No character is lost, as writing comes before showing.\n- No character comes twice, as every piece has its known position.\n\nSo the text that a reader assembles equals the final text.",
    },
    failed: "Translate this text into Arabic",
    search: "stream",
    project: "shop",
    aboutProject:
      "The main files of the project:\n\n- `src/orders.py`: the store of orders.\n- `src/pay_invoice.ts`: pays invoices.\n\nIts weakest point: **paying has no tests**.",
    keyName: "Public website",
  },
};
