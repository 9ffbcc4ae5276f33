import * as z from "zod";
import { configFileSchema, nameSchema, plainProviderSchema } from "./file_schema.ts";

/** The JSON schema of the configuration file, for the editor; kept in `cogniforge.schema.json`. */
export function configJsonSchema(): unknown {
  const providers = z.record(nameSchema, plainProviderSchema).optional();
  // Extending a schema loses what describes it.
  const plain = configFileSchema.extend({ providers }).meta(configFileSchema.meta() ?? {});
  return z.toJSONSchema(plain, { io: "input" });
}
