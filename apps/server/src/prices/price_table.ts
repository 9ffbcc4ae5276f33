import { readFileSync } from "node:fs";
import type { Price } from "@cogniforge/core/metrics";
import * as z from "zod";
import { priceSchema } from "../config/file_schema.ts";

/** One line of `prices.json`: what the models cost at the provider's public prices, and where it says so. */
const entrySchema = priceSchema.extend({ models: z.array(z.string().min(1)).min(1), source: z.url() });

export const priceTableSchema = z.strictObject({
  /** When the entries were last compared with their sources. */
  date: z.iso.date(),
  currency: z.literal("USD"),
  unit: z.literal("million tokens"),
  prices: z.array(entrySchema),
});

/**
 * The table that is built in, by patterns of `provider/model`, the provider by its name in the catalogue.
 *
 * Only prices that hold for every call are in it: not those that depend on the hour (DeepSeek) or the region (Azure).
 */
export function readPriceTable(): ReadonlyMap<string, Price> {
  const text = readFileSync(new URL("prices.json", import.meta.url), "utf8");
  const { prices } = priceTableSchema.parse(JSON.parse(text));
  return new Map(
    prices.flatMap(({ models, source: _, ...price }) => models.map((model) => [model, price satisfies Price] as const)),
  );
}
