import { expect, test } from "vitest";
import { contentDisposition, fileNameOf } from "./file_name.ts";

test.each([
  ["خطة الإطلاق: ماذا بعد؟", "خطة الإطلاق ماذا بعد؟.md"],
  ["../../etc/passwd", "etc passwd.md"],
  ['a\\b:c*d?"<e>|f%41', "a b c d e f 41.md"],
  ["line\r\nSet-Cookie: x", "line Set-Cookie x.md"],
  ["invoice\u202Egpj.exe", "invoice gpj.exe.md"],
  ["  ... ", "conversation.md"],
  ["NUL", "conversation NUL.md"],
  ["\ud800half", "\ufffdhalf.md"],
])("fileNameOf(%j) is %j", (title, name) => {
  expect(fileNameOf(title, "md")).toBe(name);
});

test("fileNameOf() cuts a long title between graphemes", () => {
  const name = fileNameOf("👩‍👩‍👧‍👦".repeat(100), "json");
  expect(new TextEncoder().encode(fileNameOf("م".repeat(500), "json")).length).toBeLessThan(255);
  expect(name.isWellFormed()).toBe(true);
  expect(name.endsWith(".json")).toBe(true);
});

test("contentDisposition() holds ASCII alone, with the whole name encoded", () => {
  const header = contentDisposition("خطة (1)'s.md");
  expect(header).toMatch(/^attachment; filename="conversation\.md"; filename\*=UTF-8''[\w%.~-]+$/);
  expect(decodeURIComponent(header.split("''")[1] ?? "")).toBe("خطة (1)'s.md");
});
