import { expect, test } from "vitest";
import { isPlaceholder } from "./placeholder.ts";

test.each([
  "sk-or-v1-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
  "sk-or-v1-xxxx…",
  "sk-...",
  "sk-or-v1-...",
  "sk-ant-****",
  "sk-your-key-here",
  "sk-or-v1-your-key-here",
  "sk-or-v1-your-openrouter-api-key",
  "your-key-here",
  "your_api_key_here",
  "YOUR_OPENAI_API_KEY",
  "your-actual-api-key-here",
  "my-secret-key",
  "insert-key-here",
  "changeme",
  "CHANGE_ME",
  "change-me!",
  "replace-me",
  "placeholder",
  "TODO",
  "<your key>",
  "[key]",
  "$" + "{OPENAI_API_KEY}",
  "{{ secret }}",
  "xxxxxx",
  "***",
  "...",
  "you@your-company.com",
  "https://gateway.example.com/v1",
  "http://example.org",
  "https://your-gateway.internal.net/v1",
])("isPlaceholder() takes '%s' for what a template left", (value) => {
  expect(isPlaceholder(value)).toBe(true);
});

test.each([
  "sk-or-v1-0123456789abcdef0123456789abcdef0123456789abcdef",
  "sk-proj-Zxxxa8BCDE",
  "AIzaSyA-1234567890abcdefghijklmnopqrstu",
  "gateway-key",
  "you@company.com",
  "ollama",
  "sk-1234",
  "test-key",
  "correct horse battery staple",
  "your horse is correct",
  "http://127.0.0.1:11434/v1",
  "https://example.company.com/v1",
  "https://myexample.com/v1",
])("isPlaceholder() takes '%s' for a real value", (value) => {
  expect(isPlaceholder(value)).toBe(false);
});
