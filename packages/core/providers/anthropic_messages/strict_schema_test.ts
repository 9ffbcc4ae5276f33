import assert from "node:assert/strict";
import { test } from "node:test";
import { toStrictSchema } from "./strict_schema.ts";

test("toStrictSchema() closes every object and leaves limits to the description", () => {
  const schema = {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    type: "object",
    additionalProperties: true,
    properties: {
      name: { type: "string", minLength: 1, description: "Full name" },
      at: { type: "string", format: "date-time" },
      code: { type: "string", format: "iban" },
      tags: {
        type: "array",
        minItems: 1,
        maxItems: 3,
        items: { type: "object", properties: { minimum: { type: "number" } } },
      },
      either: { oneOf: [{ $ref: "#/$defs/x" }, { type: "null" }] },
    },
    required: ["name"],
    $defs: { x: { type: ["object", "null"], properties: {} } },
  };
  assert.deepEqual(toStrictSchema(schema), {
    type: "object",
    additionalProperties: false,
    properties: {
      name: { type: "string", description: 'Full name\n\n{"minLength":1}' },
      at: { type: "string", format: "date-time" },
      code: { type: "string", description: '{"format":"iban"}' },
      tags: {
        type: "array",
        minItems: 1,
        description: '{"maxItems":3}',
        items: { type: "object", properties: { minimum: { type: "number" } }, additionalProperties: false },
      },
      either: { anyOf: [{ $ref: "#/$defs/x" }, { type: "null" }] },
    },
    required: ["name"],
    $defs: { x: { type: ["object", "null"], properties: {}, additionalProperties: false } },
  });
});
