import * as z from "zod";

/** One text in the two languages of the project. */
export const bilingualSchema = z.object({ en: z.string(), ar: z.string() });
export type Bilingual = z.infer<typeof bilingualSchema>;

/** Which target failed, and how: the part of a failure that an administrator acts on. */
export const failureCauseSchema = z.object({
  provider: z.string(),
  model: z.string(),
  code: z.string(),
  /** HTTP status of the upstream's answer, where there was one. */
  status: z.int().optional(),
});
export type FailureCause = z.infer<typeof failureCauseSchema>;

/**
 * A failure as readers see it: what happened and what to do, never an upstream's body, a key or a stack.
 *
 * `code` is one of the closed list in `core/failures`; a reader treats a code that it does not know like `internal`.
 */
export const failureInfoSchema = z.object({
  code: z.string(),
  message: bilingualSchema,
  remedy: bilingualSchema,
  /** Milliseconds after which the same request may succeed, where known. */
  retryAfterMs: z.number().nonnegative().optional(),
  /** One entry for each target that was tried, in order, where the failure ends an answer. */
  causes: z.array(failureCauseSchema).optional(),
  /** Path of the wrong field in the caller's input, where one is to blame. */
  param: z.string().optional(),
});
export type FailureInfo = z.infer<typeof failureInfoSchema>;
