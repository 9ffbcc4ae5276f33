import assert from "node:assert/strict";
import { test } from "node:test";
import { UpstreamError } from "../../failures/mod.ts";
import { ToolCallAssembler } from "./tool_calls.ts";

type Fragment = Record<string, unknown>;

function assemble(fragments: readonly Fragment[], mayBeEmpty = true) {
  const assembler = new ToolCallAssembler();
  for (const fragment of fragments) assert.ok(assembler.push({ tool_calls: [fragment] }));
  return assembler.deliver(mayBeEmpty);
}

const call = (index: number | undefined, id: unknown, name: unknown, args: unknown): Fragment => ({
  ...(index === undefined ? {} : { index }),
  ...(id === undefined ? {} : { id }),
  type: "function",
  function: { ...(name === undefined ? {} : { name }), arguments: args },
});

const A = { type: "tool-call", index: 0, id: "a", name: "add", arguments: '{"x":1}' };
const B = { type: "tool-call", index: 1, id: "b", name: "mul", arguments: '{"y":2}' };

const SHAPES: Record<string, Fragment[]> = {
  "in one piece": [call(0, "a", "add", '{"x":1}'), call(1, "b", "mul", '{"y":2}')],
  "in fragments": [
    call(0, "a", "add", ""),
    call(0, undefined, undefined, '{"x"'),
    call(0, undefined, undefined, ":1}"),
    call(1, "b", "mul", '{"y":'),
    call(1, undefined, undefined, "2}"),
  ],
  interleaved: [
    call(0, "a", "add", '{"x"'),
    call(1, "b", "mul", '{"y"'),
    call(0, undefined, undefined, ":1}"),
    call(1, undefined, undefined, ":2}"),
  ],
  "without an index": [
    call(undefined, "a", "add", '{"x"'),
    call(undefined, undefined, undefined, ":1}"),
    call(undefined, "b", "mul", '{"y":2}'),
  ],
  "all with index 0 and an id": [call(0, "a", "add", '{"x":1}'), call(0, "b", "mul", '{"y":2}')],
  "with sparse indexes": [call(3, "a", "add", '{"x":1}'), call(7, "b", "mul", '{"y":2}')],
  "with the id and the name repeated": [
    call(0, "a", "add", ""),
    call(0, "a", "add", '{"x":1}'),
    call(1, "b", "mul", '{"y"'),
    call(1, "b", "mul", ":2}"),
  ],
  "with empty names and null ids in later fragments": [
    call(0, "a", "add", '{"x"'),
    call(0, "null", "", ":1}"),
    call(1, "b", "mul", '{"y"'),
    call(1, null, null, ":2}"),
  ],
  "with a new id in every fragment": [
    call(0, "a", "add", '{"x"'),
    call(0, "z", undefined, ":1}"),
    call(1, "b", "mul", '{"y":2}'),
  ],
  "with arguments as an object": [call(0, "a", "add", { x: 1 }), call(1, "b", "mul", { y: 2 })],
  "without the wrapper": [
    { index: 0, id: "a", name: "add", arguments: '{"x":1}' },
    { index: 1, id: "b", name: "mul", arguments: '{"y":2}' },
  ],
};

for (const [name, fragments] of Object.entries(SHAPES)) {
  test(`ToolCallAssembler assembles calls ${name}`, () => assert.deepEqual(assemble(fragments), [A, B]));
}

test("ToolCallAssembler tells calls apart that have neither an id nor an index of their own", () => {
  for (const index of [0, undefined]) {
    const parts = assemble([
      call(index, undefined, "add", '{"x":1}'),
      call(index, undefined, "add", '{"x":2}'),
      call(index, "", "mul", "{}"),
    ]);
    assert.deepEqual(
      parts.map((part) => [part.index, part.name, part.arguments]),
      [
        [0, "add", '{"x":1}'],
        [1, "add", '{"x":2}'],
        [2, "mul", "{}"],
      ],
    );
    assert.equal(new Set(parts.map((part) => part.id)).size, 3, "ids that are made up differ");
    assert.ok(parts.every((part) => part.id.startsWith("call_")));
  }
});

test("ToolCallAssembler takes missing arguments as none, but not when the model was cut off", () => {
  const bare = [call(0, "a", "now", "")];
  assert.deepEqual(assemble(bare), [{ type: "tool-call", index: 0, id: "a", name: "now", arguments: "{}" }]);
  assert.deepEqual(assemble(bare, false), []);
});

test("ToolCallAssembler drops a call that the model did not finish, and keeps the others", () => {
  assert.deepEqual(assemble([call(0, "a", "add", '{"x":1}'), call(1, "b", "mul", '{"y":')], false), [A]);
});

test("ToolCallAssembler reads the old function_call", () => {
  const assembler = new ToolCallAssembler();
  assembler.push({ function_call: { name: "add", arguments: '{"x"' } });
  assembler.push({ function_call: { arguments: ":1}" } });
  const [part] = assembler.deliver(true);
  assert.deepEqual([part?.name, part?.arguments], ["add", '{"x":1}']);
  assert.equal(assembler.push({ content: "no call" }), false);
});

test("ToolCallAssembler delivers each call once", () => {
  const assembler = new ToolCallAssembler();
  assembler.push({ tool_calls: [call(0, "a", "add", '{"x":1}')] });
  assert.equal(assembler.deliver(true).length, 1);
  assert.equal(assembler.deliver(true).length, 0);
});

test("ToolCallAssembler takes long arguments in small pieces in linear time, with a new id for each", () => {
  const assembler = new ToolCallAssembler();
  const whole = JSON.stringify({ code: "x {y} ".repeat(50_000), nested: { a: [{}, {}] } });
  const began = performance.now();
  for (let at = 0; at < whole.length; at += 4) {
    const called = { ...(at === 0 && { name: "f" }), arguments: whole.slice(at, at + 4) };
    assembler.push({ tool_calls: [{ index: 0, id: `id-${at}`, function: called }] });
  }
  assert.deepEqual(
    assembler.deliver(true).map(({ arguments: text }) => text),
    [whole],
  );
  assert.ok(performance.now() - began < 5_000);
});

test("ToolCallAssembler gives up a model that calls without end", () => {
  const assembler = new ToolCallAssembler();
  const callAll = () => {
    for (let index = 0; index < 100_000; index++) {
      assembler.push({ tool_calls: [{ index, id: `${index}`, function: { name: "f", arguments: "{}" } }] });
    }
  };
  assert.throws(callAll, (error) => error instanceof UpstreamError && error.failure.code === "malformed");
});
