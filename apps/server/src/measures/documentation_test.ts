import { readFile } from "node:fs/promises";
import type { Measure } from "@cogniforge/core/metrics";
import { CATALOGUE } from "@cogniforge/core/metrics";
import { expect, test } from "vitest";

const page = await readFile(new URL("../../../../docs/measures.md", import.meta.url), "utf8");

test("docs/measures.md lists every measure of the catalogue as it is", () => {
  const rows = page.split("\n").filter((line) => line.startsWith("| `cogniforge_") || line.startsWith("| `process_"));
  const measures: Measure[] = Object.values(CATALOGUE);
  expect(rows).toEqual(
    measures.map(({ name, kind, labels, meaning }) => {
      const names = labels.map((label) => `\`${label}\``).join(", ") || "–";
      return `| \`${name}\` | ${kind} | ${names} | ${meaning.en} |`;
    }),
  );
});
