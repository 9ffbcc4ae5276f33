import * as z from "zod";
import { configFileSchema } from "./file_schema.ts";

/** The JSON schema of the configuration file, for the editor; kept in `cogniforge.schema.json`. */
export function configJsonSchema(): unknown {
  return z.toJSONSchema(configFileSchema, { io: "input" });
}
