import assert from "node:assert/strict";
import { test } from "node:test";
import type { Provider, ProviderPart, ProviderRequest } from "../providers/mod.ts";
import { createWorld, STOP, scripted, text } from "./_world.ts";

/** A target of another dialect, which is cut after a few words. */
class OtherDialect implements Provider {
  readonly name = "other";
  readonly dialect = "gemini";
  readonly isTrial = false;
  readonly parameters: unknown[] = [];

  async *stream(request: ProviderRequest): AsyncGenerator<ProviderPart[]> {
    this.parameters.push(request.parameters);
    yield [{ type: "text", text: "Some words that are worth going on from, " }];
  }
}

test("Engine gives dialect parameters to targets of their dialect alone, in the place of the plain ones", async () => {
  const other = new OtherDialect();
  const last = scripted("last", [text("Some words that are worth going on from, and the rest."), STOP]);
  const world = createWorld([other, last], { maxRetries: 0 });
  const parameters = { reasoning_effort: "high", user: "u", top_k: null };
  const own = { reasoning_effort: "native", user: null, budget: 7 };
  await world.start({ parameters, dialectParameters: { gemini: own } });
  await world.ended();
  assert.deepEqual(other.parameters, [{ reasoning_effort: "native", top_k: null, budget: 7 }]);
  assert.deepEqual(
    last.calls.map(({ request }) => request.parameters),
    [parameters],
  );
});
