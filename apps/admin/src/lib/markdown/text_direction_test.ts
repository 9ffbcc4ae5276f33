import { describe, expect, test } from "vitest";
import { lexBlocks } from "./block_lexer.ts";
import { directionOfBlock, directionOfText } from "./text_direction.ts";

const blockOf = (text: string) => {
  const token = lexBlocks(`${text}\n`, {})[0];
  if (token === undefined) throw new TypeError(`Expected a block in the text: ${text}`);
  return token;
};
const tokensOf = (text: string) => {
  const block = blockOf(text);
  return "tokens" in block ? (block.tokens ?? []) : [];
};

describe("directionOfText()", () => {
  test.each([
    ["مرحبًا بالعالم", "rtl"],
    ["Hello, world", "ltr"],
    ["SSE يعمل مع كل متصفح", "rtl"],
    ["`npm run verify` يفحص كل شيء", "rtl"],
    ["استخدم TypeScript مع SvelteKit و Playwright و Vitest", "rtl"],
    ["An English sentence with an Arabic word (سجلّ) inside", "ltr"],
    ["سجلّ is the word for a journal in Arabic", "ltr"],
    ["**Redis** هو ذاكرة سريعة", "rtl"],
    ["12.5 %", "auto"],
    ["العنوان بالعربية\nThe title in English", "auto"],
    ["سطر أول\nسطر ثانٍ", "rtl"],
  ])("reads %j as %s", (text, direction) => expect(directionOfText(tokensOf(text))).toBe(direction));

  test("follows what it stands in where its words do not decide", () => {
    expect(directionOfText(tokensOf("Redis: ذاكرة"), "rtl")).toBe("rtl");
    expect(directionOfText(tokensOf("Redis: ذاكرة"), "ltr")).toBe("ltr");
    expect(directionOfText(tokensOf("Then an English item"), "rtl")).toBe("ltr");
    expect(directionOfText(tokensOf("بند عربي"), "ltr")).toBe("rtl");
  });

  test("keeps what it has decided while the text grows past the words that it reads", () => {
    expect(directionOfText(tokensOf(`${"كلمة ".repeat(200)}${"word ".repeat(2000)}`))).toBe("rtl");
  });
});

describe("directionOfBlock()", () => {
  test.each([
    ["- SSE يعمل مع كل متصفح\n- قائمة عربية", "rtl"],
    ["1. First\n2. Second, with an Arabic word: ثانيًا\n   - بند", "ltr"],
    ["| Model | الملاحظات |\n|---|---|\n| GPT | يعمل جيدًا مع العربية |", "rtl"],
    ["| Model | Remarks |\n|---|---|\n| GPT | Works well |", "ltr"],
    ["> اقتباس عربي", "rtl"],
    ["- 1\n- 2", "auto"],
  ])("reads %j as %s", (text, direction) => expect(directionOfBlock(blockOf(text))).toBe(direction));
});
