import { writeFile } from "node:fs/promises";
import { configJsonSchema } from "./json_schema.ts";

// Run after a change of file_schema.ts: node apps/server/src/config/write_json_schema.ts
const file = new URL("../../cogniforge.schema.json", import.meta.url);
await writeFile(file, `${JSON.stringify(configJsonSchema(), null, 2)}\n`);
