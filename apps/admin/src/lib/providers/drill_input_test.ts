import { faultSchema } from "@cogniforge/core/providers";
import { expect, test } from "vitest";
import { BOUNDS, type DrillNumber, drillInput, FAULT_NAMES, FIRST_TEXTS, NUMBERS_OF } from "./drill_input.ts";

test("drillInput() makes of the first texts what the server takes, for every fault", () => {
  expect(FAULT_NAMES.toSorted()).toEqual(faultSchema.options.map(({ shape }) => shape.fault.value).toSorted());
  for (const name of FAULT_NAMES) {
    const input = drillInput(name, FIRST_TEXTS);
    if (!("fault" in input)) throw new TypeError(`Expected a fault for '${name}', found ${JSON.stringify(input)}`);
    expect(faultSchema.parse(input.fault)).toEqual(input.fault);
    expect(Object.keys(input.fault)).toEqual(["fault", ...NUMBERS_OF[name]]);
  }
});

test("drillInput() has the server's bounds", () => {
  for (const name of FAULT_NAMES) {
    for (const key of NUMBERS_OF[name]) {
      const { least, most } = BOUNDS[key];
      for (const value of [least - 1, least, most, most + 1]) {
        const isTaken = faultSchema.safeParse({ fault: name, [key]: value }).success;
        expect("fault" in drillInput(name, { ...FIRST_TEXTS, [key]: String(value) }), `${name} ${key} ${value}`).toBe(
          isTaken,
        );
      }
    }
  }
});

test("drillInput() reads Arabic digits, and names the numbers that are none", () => {
  expect(drillInput("cut", { ...FIRST_TEXTS, afterChars: " ١٢٠ ", calls: "۳" })).toEqual({
    fault: { fault: "cut", afterChars: 120, calls: 3 },
  });
  const wrong: DrillNumber[] = ["afterChars", "calls"];
  expect(drillInput("stall", { ...FIRST_TEXTS, afterChars: "1.5", calls: "" })).toEqual({ wrong });
});

test("drillInput() leaves out the wait of a rate limit that is not given, and what another fault needs", () => {
  expect(drillInput("rate-limit", { ...FIRST_TEXTS, retryAfterMs: "", everyMs: "x" })).toEqual({
    fault: { fault: "rate-limit", calls: 1 },
  });
});
