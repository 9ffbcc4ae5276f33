import { describe, expect, test } from "vitest";
import { latinRuns } from "./latin_runs.ts";

const latin = (sentence: string) => latinRuns(sentence).flatMap(({ text, isLatin }) => (isLatin ? [text] : []));

describe("what is read from left to right in an Arabic sentence", () => {
  test.each([
    ["مجلد البيانات ‎/var/lib/cogniforge (12 GB) يمكن الكتابة فيه", ["/var/lib/cogniforge (12 GB)"]],
    ["اضبط OPENROUTER_API_KEY (أو GROQ_API_KEY)، ثم أعد التشغيل.", ["OPENROUTER_API_KEY", "GROQ_API_KEY"]],
    ["شغّل npm run verify -- --online من جديد", ["npm run verify -- --online"]],
    ["أجاب https://example.com:8080/v1/models?x=1 بالحالة 401.", ["https://example.com:8080/v1/models?x=1"]],
    ["الإصدار Node.js 24.1.0، والمنفذ 8080", ["Node.js 24.1.0"]],
    ["في الملف ~/.cogniforge/config.json: السطر 3", ["~/.cogniforge/config.json"]],
    ["اكتب <name> مكانه", ["<name>"]],
    ["\u200fCogniForge \u200e0.1.0، \u200fSQLite \u200e3.53.4", ["CogniForge \u200e0.1.0", "SQLite \u200e3.53.4"]],
    ["‏ADMIN_EMAIL مضبوط: a…@example.com", ["ADMIN_EMAIL", "a…@example.com"]],
    ["بعد 12.5 ثانية (3 من 4)", []],
    ["", []],
  ])("%s", (sentence, expected) => {
    expect(latin(sentence)).toEqual(expected);
  });

  test("nothing of the sentence is lost", () => {
    for (const sentence of ["(a) ب [b.]", "a.", "…", "أ a: ب. c)", "<<x"]) {
      expect(
        latinRuns(sentence)
          .map(({ text }) => text)
          .join(""),
      ).toBe(sentence);
    }
  });
});
