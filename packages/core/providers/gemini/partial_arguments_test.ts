import assert from "node:assert/strict";
import { test } from "node:test";
import { PartialArguments } from "./partial_arguments.ts";

function build(...pieces: Record<string, unknown>[]): string | undefined {
  const given = new PartialArguments();
  for (const piece of pieces) given.add(piece);
  return given.toJson();
}

test("PartialArguments puts every kind of value at its path", () => {
  const json = build(
    { jsonPath: "$.recipe.steps[0]", stringValue: "Cut", willContinue: true },
    { jsonPath: "$.recipe.steps[0]", stringValue: " it" },
    { jsonPath: "$.recipe.steps[1]", stringValue: "" },
    { jsonPath: "$.recipe.minutes", numberValue: 0 },
    { jsonPath: "$.recipe.isHot", boolValue: false },
    { jsonPath: "$.recipe.note", nullValue: "NULL_VALUE" },
    { jsonPath: "$.grid[0][1]", numberValue: 2 },
    { jsonPath: "plain", stringValue: "x" },
  );
  assert.deepEqual(JSON.parse(json ?? ""), {
    recipe: { steps: ["Cut it", ""], minutes: 0, isHot: false, note: null },
    grid: [[null, 2]],
    plain: "x",
  });
});

test("PartialArguments reads names in brackets, with their escapes", () => {
  const json = build(
    { jsonPath: "$['a b'].c", numberValue: 1 },
    { jsonPath: '$["d.e[0]"]', numberValue: 2 },
    { jsonPath: "$['it\\'s']", numberValue: 3 },
    { jsonPath: "$['\\u0645\\n']", numberValue: 4 },
    { jsonPath: "$.مدينة", stringValue: "الرياض" },
  );
  assert.deepEqual(JSON.parse(json ?? ""), { "a b": { c: 1 }, "d.e[0]": 2, "it's": 3, "م\n": 4, مدينة: "الرياض" });
});

test("PartialArguments reaches no prototype", () => {
  const json = build(
    { jsonPath: "$.__proto__.isAdmin", boolValue: true },
    { jsonPath: "$.constructor.x", numberValue: 1 },
  );
  assert.equal(json, '{"__proto__":{"isAdmin":true},"constructor":{"x":1}}');
  assert.equal(({} as Record<string, unknown>).isAdmin, undefined);
});

test("PartialArguments gives nothing where a piece does not fit", () => {
  assert.equal(build({ jsonPath: "$", stringValue: "x" }), undefined);
  assert.equal(build({ stringValue: "x" }), undefined);
  assert.equal(build({ jsonPath: "$.a[", stringValue: "x" }), undefined);
  assert.equal(build({ jsonPath: "$[0]", stringValue: "x" }), undefined);
  assert.equal(build({ jsonPath: "$.a[999999999]", stringValue: "x" }), undefined);
  assert.equal(build({ jsonPath: "$.a", stringValue: "x" }, { jsonPath: "$.a.b", stringValue: "y" }), undefined);
  assert.equal(build({ jsonPath: "$.a[0]", stringValue: "x" }, { jsonPath: "$.a.b", stringValue: "y" }), undefined);
});
