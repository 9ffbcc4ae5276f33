import { expect, test } from "vitest";
import { FailureError } from "../../failure_error.ts";
import { parseMessages } from "./request.ts";

const ASK = { model: "default", max_tokens: 1000, messages: [{ role: "user", content: "Why?" }] };
const parse = (more: Record<string, unknown>) => parseMessages({ ...ASK, ...more });
const user = (...content: unknown[]) => ({ messages: [{ role: "user", content }] });
const assistant = (...content: unknown[]) => ({ messages: [{ role: "assistant", content }] });

function refusal(more: Record<string, unknown>): unknown {
  try {
    parse(more);
  } catch (error) {
    if (error instanceof FailureError) return [error.code, error.info.param];
    throw error;
  }
  return undefined;
}

test("parseMessages() hands the ceiling of tokens over without a name, for each target to give it its own", () => {
  const { ask } = parse({});
  expect(ask).toMatchObject({ route: "default", maxOutputTokens: 1000, parameters: {} });
});

test.each([
  [{ type: "enabled", budget_tokens: 1024 }, 8000, undefined, "low"],
  [{ type: "enabled", budget_tokens: 4000 }, 8000, undefined, "medium"],
  [{ type: "enabled", budget_tokens: 7999 }, 8000, undefined, "high"],
  [{ type: "enabled", budget_tokens: 7999 }, 8000, "low", "low"],
  [{ type: "adaptive", display: "omitted" }, 8000, "max", "max"],
  [{ type: "adaptive" }, 8000, undefined, undefined],
  [{ type: "disabled" }, 8000, "high", undefined],
])(
  "parseMessages() tells others of thinking %j within %i tokens and of effort %s by '%s'",
  (thinking, max_tokens, effort, told) => {
    const { ask } = parse({ thinking, max_tokens, output_config: { effort } });
    expect(ask.parameters.reasoning_effort).toBe(told);
    const own = ask.dialectParameters?.["anthropic-messages"];
    expect(own?.thinking).toEqual(thinking);
    expect(own?.output_config).toEqual(effort && { effort });
  },
);

test("parseMessages() hashes a user's name that is too long for other makers, and keeps it for Anthropic", () => {
  const id = "u".repeat(65);
  const { ask } = parse({ metadata: { user_id: id } });
  expect(ask.parameters.user).toMatch(/^[0-9a-f]{64}$/);
  expect(ask.dialectParameters?.["anthropic-messages"]).toEqual({ metadata: { user_id: id }, user: null });
});

test("parseMessages() takes either name of the output's format", () => {
  const format = { type: "json_schema", schema: { type: "object" } };
  const json_schema = { name: "answer", schema: format.schema, strict: true };
  for (const more of [{ output_format: format }, { output_config: { format } }]) {
    expect(parse(more).ask.parameters.response_format).toEqual({ type: "json_schema", json_schema });
  }
});

test("parseMessages() makes messages of their own of tools' results, which go first, with their mark and media", () => {
  const mark = { cache_control: { type: "ephemeral" } };
  const image = { type: "image", source: { type: "base64", media_type: "image/png", data: "aW1n" } };
  const { ask } = parse(
    user(
      { type: "text", text: "Look" },
      { type: "tool_result", tool_use_id: "a", content: "one", ...mark },
      { type: "tool_result", tool_use_id: "b", content: [{ type: "text", text: "two" }, image] },
      { type: "tool_result", tool_use_id: "c" },
    ),
  );
  expect(ask.messages).toEqual([
    { role: "tool", tool_call_id: "a", content: [{ type: "text", text: "one", ...mark }] },
    {
      role: "tool",
      tool_call_id: "b",
      content: [
        { type: "text", text: "two" },
        { type: "image_url", image_url: { url: "data:image/png;base64,aW1n" } },
      ],
    },
    { role: "tool", tool_call_id: "c", content: "" },
    { role: "user", content: "Look" },
  ]);
});

test("parseMessages() keeps a document's text, title and context", () => {
  const source = { type: "text", media_type: "text/plain", data: "نصّ" };
  const { ask } = parse(user({ type: "document", source, title: "t", context: "c" }));
  const file_data = `data:text/plain;base64,${Buffer.from("نصّ").toString("base64")}`;
  expect(ask.messages[0]?.content).toEqual([
    { type: "text", text: "c" },
    { type: "file", file: { filename: "t", file_data } },
  ]);
});

test("parseMessages() gives signed thinking back in order, and drops what is not signed beside it", () => {
  const { ask } = parse(
    assistant(
      { type: "thinking", thinking: "of an attempt that failed", signature: "" },
      { type: "thinking", thinking: "one", signature: "s1" },
      { type: "redacted_thinking", data: "d" },
      { type: "tool_use", id: "t", name: "f", input: { a: 1 }, caller: { type: "direct" } },
    ),
  );
  const format = "anthropic-claude-v1";
  expect(ask.messages).toEqual([
    {
      role: "assistant",
      content: null,
      reasoning_details: [
        { type: "reasoning.text", text: "one", signature: "s1", format, index: 0 },
        { type: "reasoning.encrypted", data: "d", format, index: 1 },
      ],
      tool_calls: [{ id: "t", type: "function", function: { name: "f", arguments: '{"a":1}' } }],
    },
  ]);
});

test.each([
  [{ max_tokens: undefined }, "invalid-input", "max_tokens"],
  [{ max_tokens: 0 }, "invalid-input", "max_tokens"],
  [{ temperature: 1.5 }, "invalid-input", "temperature"],
  [{ messages: [{ role: "tool", content: "" }] }, "unsupported-feature", "messages.0.role"],
  [{ thinking: { type: "between_tools" } }, "unsupported-feature", "thinking.type"],
  [{ mcp_servers: [] }, "unsupported-feature", "mcp_servers"],
  [{ context_management: {} }, "unsupported-feature", "context_management"],
  [{ tools: [{ type: "bash_20250124", name: "bash" }] }, "unsupported-feature", "tools.0.type"],
  [{ tools: [{ name: "f" }] }, "invalid-input", "tools.0.input_schema"],
  [
    user({ type: "image", source: { type: "file", file_id: "f" } }),
    "unsupported-feature",
    "messages.0.content.0.source.type",
  ],
  [user({ type: "text", text: "a", extra: 1 }), "unsupported-feature", "messages.0.content.0.extra"],
  [
    user({ type: "tool_result", tool_use_id: "a", content: [{ type: "tool_reference" }] }),
    "unsupported-feature",
    "messages.0.content.0.content.0.type",
  ],
  [
    user({ type: "document", source: { type: "url", url: "https://a.b/c.pdf" }, citations: { enabled: true } }),
    "unsupported-feature",
    "messages.0.content.0.citations.enabled",
  ],
  [
    assistant({ type: "server_tool_use", id: "a", name: "web_search", input: {} }),
    "unsupported-feature",
    "messages.0.content.0.type",
  ],
  [assistant({ type: "text", text: "a", citations: [{}] }), "unsupported-feature", "messages.0.content.0.citations"],
])("parseMessages() refuses %j as %s at %s", (more, code, param) => {
  expect(refusal(more)).toEqual([code, param]);
});
