import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { configJsonSchema } from "./json_schema.ts";

test("cogniforge.schema.json is what file_schema.ts says (src/config/write_json_schema.ts writes it)", async () => {
  const file = new URL("../../cogniforge.schema.json", import.meta.url);
  expect(JSON.parse(await readFile(file, "utf8"))).toEqual(JSON.parse(JSON.stringify(configJsonSchema())));
});
