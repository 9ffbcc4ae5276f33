import * as z from "zod";

const count = z.int().min(1).max(1_000_000_000).optional();
const usd = z.number().positive().max(1_000_000_000).optional();

/** What whoever makes a key may say of it. */
export const keySettingsSchema = z.object({
  name: z.string().trim().min(1).max(100),
  /** Epoch milliseconds; absent: never. */
  expiresAt: z.int().positive().max(8_640_000_000_000_000).optional(),
  /** Routes, and targets as `provider/model`; none means all. */
  routes: z.array(z.string().trim().min(1).max(330)).max(100).default([]),
  limits: z
    .object({
      requestsPerMinute: count,
      tokensPerMinute: count,
      concurrentAnswers: count,
      dailyUsd: usd,
      monthlyUsd: usd,
      totalUsd: usd,
    })
    .default({}),
});
