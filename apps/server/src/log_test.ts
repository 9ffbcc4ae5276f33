import { expect, test } from "vitest";
import { FailureError } from "./failure_error.ts";
import { createLogger } from "./log.ts";

const TEXT = "the words of a person";
const SECRET = "sk-or-v1-0123456789abcdef0123456789abcdef";

function logged(level?: string) {
  const lines: string[] = [];
  return { lines, log: createLogger(level, { write: (line) => void lines.push(line) }) };
}

test("createLogger() hides secrets and texts by their names, at every depth that a line has", () => {
  const { log, lines } = logged();
  const fields = { question: TEXT, text: TEXT, messages: [TEXT], apiKey: SECRET, authorization: SECRET, content: TEXT };
  log.info(fields, "flat");
  log.info({ ask: fields }, "one down");
  log.info({ request: { ask: fields } }, "two down");
  log.info({ a: { request: { ask: fields } } }, "three down");
  expect(lines).toHaveLength(4);
  for (const line of lines) {
    expect(line).not.toContain(TEXT);
    expect(line).not.toContain(SECRET);
    expect(line).toContain("[redacted]");
  }
});

test("createLogger() tells of an error what it is and where, and nothing of what it was called with", () => {
  const { log, lines } = logged();
  const cause = Object.assign(new Error(`refused with ${SECRET}`), { code: "EX", parameters: [TEXT] });
  const error = Object.assign(new Error("It broke", { cause }), { request: { body: TEXT }, detail: TEXT });
  log.error({ err: error, answerId: "a1" }, "An answer could not be carried on");
  const [line = ""] = lines;
  expect(line).not.toContain(TEXT);
  expect(line).not.toContain(SECRET);
  expect(JSON.parse(line)).toMatchObject({
    level: 50,
    answerId: "a1",
    err: { type: "Error", message: "It broke", stack: expect.stringContaining("log_test.ts"), cause: { code: "EX" } },
  });
});

test("createLogger() does not repeat a text that could not be parsed", () => {
  const { log, lines } = logged();
  try {
    JSON.parse(`{"question": ${TEXT}`);
  } catch (error) {
    log.error({ err: new FailureError("invalid-json", { cause: error }) }, "A request met a fault");
  }
  expect(lines[0]).toContain("SyntaxError");
  expect(lines[0]).not.toContain("the words");
});
