import { expect, test } from "vitest";
import { Audience } from "./audience.ts";

/** An audience of one answer whose others are asked; tells when it was cancelled. */
function audienceOf(isWatchedElsewhere: () => Promise<boolean>) {
  const { promise: cancelled, resolve } = Promise.withResolvers<string>();
  return { audience: new Audience({ cancel: resolve, isWatchedElsewhere }), cancelled };
}

test("Audience cancels an answer that nobody watches, here or over another replica", async () => {
  let asked = 0;
  const { audience, cancelled } = audienceOf(async () => {
    asked += 1;
    // Somebody is there at first, and asked again after another grace.
    return asked < 3;
  });
  audience.cancelWhenUnwatched("answer-1", 1);
  expect(await cancelled).toBe("answer-1");
  expect(asked).toBe(3);
  expect(audience.size).toBe(0);
});

test("Audience keeps an answer whose reader came while the others were asked", async () => {
  const answer = Promise.withResolvers<boolean>();
  const { promise: isAsked, resolve: asking } = Promise.withResolvers<void>();
  const { audience, cancelled } = audienceOf(() => {
    asking();
    return answer.promise;
  });
  audience.cancelWhenUnwatched("answer-1", 1);
  await isAsked;
  const leave = audience.enter("answer-1");
  answer.resolve(false);
  expect(await Promise.race([cancelled, new Promise((resolve) => setImmediate(() => resolve("kept")))])).toBe("kept");
  expect(audience.size).toBe(1);
  leave();
  audience.close();
});
