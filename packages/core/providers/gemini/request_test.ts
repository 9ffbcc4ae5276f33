import assert from "node:assert/strict";
import { test } from "node:test";
import { UpstreamError } from "../../failures/mod.ts";
import type { ProviderRequest } from "../provider.ts";
import { buildRequestBody } from "./request.ts";

type Fields = Record<string, unknown>;

function build(fields: Partial<ProviderRequest>): Fields {
  const base = { model: "gemini-2.0-flash", messages: [{ role: "user" as const, content: "Hi" }], parameters: {} };
  return buildRequestBody({ ...base, ...fields });
}

// biome-ignore lint/suspicious/noExplicitAny: whatever the request holds
const config = (parameters: Fields, model = "gemini-2.0-flash"): any => build({ parameters, model }).generationConfig;
const messages = (...all: Fields[]) => all as unknown as ProviderRequest["messages"];
const contents = (...all: Fields[]) => build({ messages: messages(...all) }).contents;

function assertUnsupported(fields: Partial<ProviderRequest>, what: RegExp): void {
  assert.throws(
    () => build(fields),
    (thrown) =>
      thrown instanceof UpstreamError &&
      thrown.failure.code === "unsupported-feature" &&
      thrown.failure.action === "fallback" &&
      what.test(thrown.failure.detail ?? ""),
  );
}

test("buildRequestBody() sends no more than the conversation where nothing else is asked for", () => {
  assert.deepEqual(build({}), { contents: [{ role: "user", parts: [{ text: "Hi" }] }] });
});

test("buildRequestBody() gathers what the system says, and makes neighbours of one role one turn", () => {
  const body = build({
    messages: messages(
      { role: "system", content: "A" },
      { role: "user", content: "one" },
      {
        role: "user",
        content: [
          { type: "text", text: "two" },
          { type: "text", text: "" },
        ],
      },
      { role: "assistant", content: "" },
      { role: "assistant", content: null, refusal: "No" },
      { role: "assistant", content: "three" },
      { role: "developer", content: [{ type: "text", text: "B" }] },
      { role: "user", content: "four" },
    ),
  });
  assert.deepEqual(body, {
    contents: [
      { role: "user", parts: [{ text: "one" }, { text: "two" }] },
      { role: "model", parts: [{ text: "No" }, { text: "three" }] },
      { role: "user", parts: [{ text: "four" }] },
    ],
    systemInstruction: { parts: [{ text: "A" }, { text: "B" }] },
  });
});

test("buildRequestBody() begins with the system's words where they stand alone, or the model refuses an instruction", () => {
  const system = { role: "system", content: "A" };
  assert.deepEqual(contents(system), [{ role: "user", parts: [{ text: "A" }] }]);
  const gemma = build({ model: "gemma-3-27b-it", messages: messages(system, { role: "user", content: "Hi" }) });
  assert.deepEqual(gemma, { contents: [{ role: "user", parts: [{ text: "A" }, { text: "Hi" }] }] });
});

test("buildRequestBody() translates tool calls and their results, in one turn each", () => {
  const call = (id: string, name: string, args: string, rest: Fields = {}) => ({
    id,
    type: "function",
    function: { name, arguments: args },
    ...rest,
  });
  const signed = { extra_content: { google: { thought_signature: "sig" } } };
  const conversation = contents(
    { role: "user", content: "Hi" },
    {
      role: "assistant",
      content: "Wait",
      tool_calls: [call("a", "add", '{"x":1}', signed), call("b", "now", ""), call("c", "odd", "[1]")],
    },
    { role: "tool", tool_call_id: "a", content: '{"sum":1}' },
    { role: "tool", tool_call_id: "b", content: [{ type: "text", text: "noon" }] },
    { role: "tool", tool_call_id: "c", content: "[1,2]" },
    { role: "tool", tool_call_id: "z", name: "lost", content: "42" },
    { role: "user", content: "So?" },
  );
  assert.deepEqual(conversation, [
    { role: "user", parts: [{ text: "Hi" }] },
    {
      role: "model",
      parts: [
        { text: "Wait" },
        { functionCall: { id: "a", name: "add", args: { x: 1 } }, thoughtSignature: "sig" },
        { functionCall: { id: "b", name: "now", args: {} } },
        { functionCall: { id: "c", name: "odd", args: { arguments: [1] } } },
      ],
    },
    {
      role: "user",
      parts: [
        { functionResponse: { id: "a", name: "add", response: { sum: 1 } } },
        { functionResponse: { id: "b", name: "now", response: { result: "noon" } } },
        { functionResponse: { id: "c", name: "odd", response: { result: [1, 2] } } },
        { functionResponse: { name: "lost", response: { result: "42" } } },
        { text: "So?" },
      ],
    },
  ]);
});

test("buildRequestBody() translates the old function_call and its result, and an image in a result", () => {
  const image = { type: "image_url", image_url: { url: "data:image/png;base64,AAAA" } };
  assert.deepEqual(
    contents(
      { role: "assistant", content: null, function_call: { name: "f", arguments: '{"x":1}' } },
      { role: "function", name: "f", content: "ok" },
      { role: "tool", tool_call_id: "q", content: [image] },
    ),
    [
      { role: "model", parts: [{ functionCall: { name: "f", args: { x: 1 } } }] },
      {
        role: "user",
        parts: [
          { functionResponse: { name: "f", response: { result: "ok" } } },
          { functionResponse: { name: "q", response: { result: "" } } },
          { inlineData: { mimeType: "image/png", data: "AAAA" } },
        ],
      },
    ],
  );
});

test("buildRequestBody() hands signatures back where they came from", () => {
  const detail = (data: string, rest: Fields = {}) => ({
    type: "reasoning.encrypted",
    data,
    format: "google-gemini-v1",
    ...rest,
  });
  const tool = { id: "a", type: "function", function: { name: "f", arguments: "{}" } };
  const functionCall = { id: "a", name: "f", args: {} };
  const partsOf = (message: Fields) => (contents({ role: "assistant", ...message }) as { parts: unknown }[])[0]?.parts;
  const foreign = { type: "reasoning.encrypted", data: "x", format: "openai-responses-v1" };
  assert.deepEqual(partsOf({ content: "a", reasoning_details: [detail("s1"), foreign, detail("s2")] }), [
    { text: "a", thoughtSignature: "s2" },
  ]);
  assert.deepEqual(partsOf({ content: "a", extra_content: { google: { thought_signature: "s" } } }), [
    { text: "a", thoughtSignature: "s" },
  ]);
  assert.deepEqual(partsOf({ content: "", reasoning_details: [detail("s")] }), [{ text: "", thoughtSignature: "s" }]);
  assert.deepEqual(
    partsOf({ content: "a", tool_calls: [tool], reasoning_details: [detail("s"), detail("c", { id: "a" })] }),
    [
      { text: "a", thoughtSignature: "s" },
      { functionCall, thoughtSignature: "c" },
    ],
  );
  assert.deepEqual(partsOf({ content: null, tool_calls: [tool], reasoning_details: [detail("s")] }), [
    { functionCall, thoughtSignature: "s" },
  ]);
});

test("buildRequestBody() marks calls of other models for those that insist on signatures", () => {
  const tool = (id: string) => ({ id, type: "function", function: { name: "f", arguments: "{}" } });
  const asked = (model: string) => {
    const body = build({
      model,
      messages: messages({ role: "assistant", content: null, tool_calls: [tool("a"), tool("b")] }),
    });
    const [turn] = body.contents as { parts: { thoughtSignature?: string }[] }[];
    return turn?.parts.map((part) => part.thoughtSignature);
  };
  assert.deepEqual(asked("gemini-3-pro-preview"), ["skip_thought_signature_validator", undefined]);
  assert.deepEqual(asked("models/gemini-3.5-flash"), ["skip_thought_signature_validator", undefined]);
  assert.deepEqual(asked("gemini-2.5-flash"), [undefined, undefined]);
});

test("buildRequestBody() translates images, audio, video and files", () => {
  const parts = (...content: Fields[]) => (contents({ role: "user", content }) as { parts: unknown }[])[0]?.parts;
  const image = (url: string) => ({ type: "image_url", image_url: { url, detail: "low" } });
  const file = (fields: Fields) => ({ type: "file", file: fields });
  const inline = (mimeType: string, data: string) => ({ inlineData: { mimeType, data } });
  const linked = (mimeType: string, fileUri: string) => ({ fileData: { mimeType, fileUri } });
  assert.deepEqual(
    parts(
      image("data:image/WEBP;base64,AAAA"),
      image("https://example.com/cat.PNG?size=1"),
      image("https://example.com/cat"),
      image("gs://bucket/cat.heic"),
      { type: "image_url", image_url: "data:image/gif;base64,R0lG" },
      { type: "input_audio", input_audio: { data: "UklG", format: "wav" } },
      { type: "video_url", video_url: { url: "https://www.youtube.com/watch?v=1" } },
      file({ filename: "a.pdf", file_data: "data:application/pdf;base64,JVBE" }),
      file({ filename: "a.txt", file_data: "aGk=" }),
      file({ file_data: "https://example.com/a.csv" }),
      file({ file_id: "files/abc", filename: "a.mp3" }),
      file({ filename: "a.txt", file_data: "data:text/plain,%D8%B3%20a" }),
    ),
    [
      inline("image/webp", "AAAA"),
      linked("image/png", "https://example.com/cat.PNG?size=1"),
      linked("image/jpeg", "https://example.com/cat"),
      linked("image/heic", "gs://bucket/cat.heic"),
      inline("image/gif", "R0lG"),
      inline("audio/wav", "UklG"),
      linked("video/mp4", "https://www.youtube.com/watch?v=1"),
      inline("application/pdf", "JVBE"),
      inline("text/plain", "aGk="),
      linked("text/csv", "https://example.com/a.csv"),
      linked("audio/mp3", "https://generativelanguage.googleapis.com/v1beta/files/abc"),
      inline("text/plain", "2LMgYQ=="),
    ],
  );
});

test("buildRequestBody() refuses what Gemini cannot do, for another target to try", () => {
  const user = (part: Fields) => ({ messages: messages({ role: "user", content: [part] }) });
  assertUnsupported(user({ type: "hologram" }), /'hologram'/);
  assertUnsupported(user({ type: "image_url", image_url: { url: "ftp://example.com/a.png" } }), /address/);
  assertUnsupported(user({ type: "file", file: { file_id: "file-abc" } }), /another provider/);
  assertUnsupported({ parameters: { n: 2 } }, /'n'/);
  assertUnsupported({ parameters: { modalities: ["text", "audio"] } }, /'audio'/);
  assertUnsupported({ parameters: { tools: [{ type: "custom", custom: { name: "x" } }] } }, /'custom'/);
  assertUnsupported({ parameters: { response_format: { type: "grammar" } } }, /'grammar'/);
  assert.deepEqual(build({ parameters: { n: 1, modalities: ["text"] } }), build({}));
});

test("buildRequestBody() translates tools, with their schemas as JSON Schema", () => {
  const parameters = {
    type: "object",
    properties: { a: { $ref: "#/$defs/a" } },
    $defs: { a: { type: ["string", "null"] } },
    additionalProperties: false,
  };
  const { tools } = build({
    parameters: {
      tools: [
        { type: "function", function: { name: "f", description: "Does f", parameters, strict: true } },
        { type: "function", function: { name: "g", parameters: {} } },
        { googleSearch: {} },
      ],
      functions: [{ name: "h" }],
      web_search_options: {},
    },
  });
  assert.deepEqual(tools, [
    {
      functionDeclarations: [
        { name: "f", description: "Does f", parametersJsonSchema: parameters },
        { name: "g" },
        { name: "h" },
      ],
    },
    { googleSearch: {} },
    { googleSearch: {} },
  ]);
});

test("buildRequestBody() translates the choice of a tool", () => {
  const choice = (tool_choice: unknown) => {
    const toolConfig = build({ parameters: { tool_choice } }).toolConfig as Fields | undefined;
    return toolConfig?.functionCallingConfig;
  };
  const named = (name: string) => ({ type: "function", function: { name } });
  assert.deepEqual(choice("auto"), { mode: "AUTO" });
  assert.deepEqual(choice("none"), { mode: "NONE" });
  assert.deepEqual(choice("required"), { mode: "ANY" });
  assert.deepEqual(choice(named("f")), { mode: "ANY", allowedFunctionNames: ["f"] });
  const allowed = (mode: string) => ({
    type: "allowed_tools",
    allowed_tools: { mode, tools: [named("f"), named("g")] },
  });
  assert.deepEqual(choice(allowed("auto")), { mode: "VALIDATED", allowedFunctionNames: ["f", "g"] });
  assert.deepEqual(choice(allowed("required")), { mode: "ANY", allowedFunctionNames: ["f", "g"] });
  assert.equal(choice(null), undefined);
});

test("buildRequestBody() translates how to generate, and leaves out what Gemini does not know", () => {
  assert.deepEqual(
    config({
      temperature: 0,
      top_p: 0.5,
      top_k: 40,
      seed: 7,
      stop: ["a", "b"],
      presence_penalty: 0.1,
      frequency_penalty: null,
      logprobs: true,
      top_logprobs: 3,
      logit_bias: { 1: 2 },
      user: "u",
      stream_options: { include_usage: true },
    }),
    {
      temperature: 0,
      topP: 0.5,
      topK: 40,
      seed: 7,
      stopSequences: ["a", "b"],
      presencePenalty: 0.1,
      responseLogprobs: true,
      logprobs: 3,
    },
  );
  assert.deepEqual(config({ stop: "a" }), { stopSequences: ["a"] });
  assert.equal(config({ logprobs: false, top_logprobs: 3, stop: "" }), undefined);
});

test("buildRequestBody() limits the output by the least of all limits", () => {
  const limit = (parameters: Fields, maxOutputTokens?: number) =>
    (build({ parameters, ...(maxOutputTokens !== undefined && { maxOutputTokens }) }).generationConfig as Fields)
      ?.maxOutputTokens;
  assert.equal(limit({}, 100), 100);
  assert.equal(limit({ max_tokens: 10 }, 100), 10);
  assert.equal(limit({ max_tokens: 1000, max_completion_tokens: 500 }, 100), 100);
  assert.equal(limit({ max_completion_tokens: 5 }), 5);
});

test("buildRequestBody() translates the response's format", () => {
  const schema = { type: "object", properties: { a: { type: "string" } } };
  assert.deepEqual(config({ response_format: { type: "json_object" } }), { responseMimeType: "application/json" });
  assert.deepEqual(config({ response_format: { type: "json_schema", json_schema: { name: "x", schema } } }), {
    responseMimeType: "application/json",
    responseJsonSchema: schema,
  });
  assert.equal(config({ response_format: { type: "text" } }), undefined);
});

test("buildRequestBody() translates reasoning as the model's generation wants it", () => {
  const thinking = (model: string, parameters: Fields) => config(parameters, model)?.thinkingConfig;
  const budget = (thinkingBudget: number, includeThoughts = true) => ({ includeThoughts, thinkingBudget });
  const level = (thinkingLevel: string, includeThoughts = true) => ({ includeThoughts, thinkingLevel });
  for (const [model, parameters, wanted] of [
    ["gemini-2.5-flash", {}, { includeThoughts: true }],
    ["gemini-2.5-flash", { reasoning_effort: "low" }, budget(1024)],
    ["models/gemini-2.5-flash-lite", { reasoning_effort: "medium" }, budget(8192)],
    ["gemini-2.5-flash", { reasoning_effort: "none" }, budget(0, false)],
    ["gemini-2.5-pro", { reasoning: { enabled: false } }, budget(128, false)],
    ["gemini-2.5-pro", { reasoning: { effort: "xhigh" } }, budget(32_768)],
    ["gemini-2.5-pro", { reasoning: { max_tokens: 2000, exclude: true } }, budget(2000, false)],
    ["gemini-2.5-pro", { reasoning_effort: "unheard-of" }, { includeThoughts: true }],
    ["gemini-3-pro-preview", { reasoning_effort: "medium" }, level("HIGH")],
    ["gemini-3.1-pro-preview", { reasoning_effort: "medium" }, level("MEDIUM")],
    ["gemini-3.1-pro-preview", { reasoning_effort: "minimal" }, level("LOW")],
    ["gemini-3-flash-preview", { reasoning_effort: "minimal" }, level("MINIMAL")],
    ["gemini-3-flash-preview", { reasoning_effort: "none" }, level("MINIMAL", false)],
    ["gemini-flash-latest", { reasoning: { effort: "high" } }, level("HIGH")],
    ["gemini-2.0-flash", { reasoning_effort: "high" }, undefined],
    ["gemini-2.5-flash-image", { reasoning_effort: "high" }, undefined],
    ["gemma-3-27b-it", { reasoning_effort: "high" }, undefined],
  ] as const) {
    assert.deepEqual(thinking(model, parameters), wanted, `${model} ${JSON.stringify(parameters)}`);
  }
});

test("buildRequestBody() hands Gemini's own fields on, from their places alone", () => {
  const safetySettings = [{ category: "HARM_CATEGORY_HARASSMENT", threshold: "BLOCK_NONE" }];
  const body = build({
    model: "gemini-2.5-flash",
    parameters: {
      temperature: 1,
      tools: [{ type: "function", function: { name: "f" } }],
      tool_choice: "auto",
      safetySettings,
      toolConfig: { retrievalConfig: { languageCode: "ar" } },
      generationConfig: { mediaResolution: "MEDIA_RESOLUTION_LOW" },
      google: { cached_content: "cachedContents/1", contents: [], generation_config: { topK: 3 } },
      extra_body: { google: { thinking_config: { thinking_budget: 5 }, tools: [{ urlContext: {} }] }, other: 1 },
      unknownField: 1,
    },
  });
  assert.deepEqual(body, {
    contents: [{ role: "user", parts: [{ text: "Hi" }] }],
    generationConfig: {
      temperature: 1,
      topK: 3,
      mediaResolution: "MEDIA_RESOLUTION_LOW",
      thinkingConfig: { thinkingBudget: 5 },
    },
    tools: [{ functionDeclarations: [{ name: "f" }] }, { urlContext: {} }],
    toolConfig: { functionCallingConfig: { mode: "AUTO" }, retrievalConfig: { languageCode: "ar" } },
    safetySettings,
    cachedContent: "cachedContents/1",
  });
});

test("buildRequestBody() ends with the beginning of the model's message", () => {
  assert.deepEqual(build({ prefill: "Once" }).contents, [
    { role: "user", parts: [{ text: "Hi" }] },
    { role: "model", parts: [{ text: "Once" }] },
  ]);
});
