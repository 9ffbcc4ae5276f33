import { PRESETS } from "@cogniforge/core/providers";
import * as z from "zod";
import type { AiSdkSource } from "./ai_sdk_source.ts";
import { parseBaseUrl } from "./base_url.ts";
import { CONFIG_DIALECTS } from "./config.ts";
import { isHeaderSafe, KEY_MESSAGE } from "./environment_reader.ts";
import { isPlaceholder } from "./placeholder.ts";

/** Names of providers and routes: no slash, as `provider/model` names a target. */
const NAME = /^[a-z0-9][a-z0-9._-]*$/;
const LONGEST_WAIT_MS = 86_400_000;

export const nameSchema = z.string().regex(NAME).max(64);
const milliseconds = () => z.int().min(1).max(LONGEST_WAIT_MS);

const baseUrlSchema = z
  .string()
  .superRefine((text, context) => {
    const result = parseBaseUrl(text);
    if ("message" in result) context.addIssue({ code: "custom", params: result.message });
  })
  .meta({
    description: "Base URL with the version path, such as http://127.0.0.1:11434/v1",
    examples: ["https://api.openai.com/v1"],
  });

const apiKeySchema = z
  .string()
  .trim()
  .min(1)
  .superRefine((key, context) => {
    if (!isPlaceholder(key) && !isHeaderSafe(key)) context.addIssue({ code: "custom", params: KEY_MESSAGE });
  })
  .meta({ description: "The key itself; 'apiKeyEnv' keeps it out of the file" });

const headersSchema = z
  .record(
    z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/),
    // What `fetch` accepts in a header that is written by hand: visible ASCII and spaces.
    z.string().regex(/^[\x20-\x7e\t]*$/),
  )
  .meta({ description: "Sent with every request" });

const modelSchema = z.string().trim().min(1).max(256);

/** All but those that are at no address. */
const HTTP_DIALECTS = CONFIG_DIALECTS.filter((dialect) => dialect !== "mock" && dialect !== "ai-sdk");

export const httpProviderSchema = z
  .strictObject({
    preset: z
      .string()
      .optional()
      .meta({
        description: "Name of a known provider, which gives what is left out; default: the provider's own name",
        enum: PRESETS.map(({ name }) => name),
      }),
    dialect: z.enum(HTTP_DIALECTS).optional().meta({ description: "Default: the known provider's own" }),
    baseUrl: baseUrlSchema.optional(),
    resource: z
      .string()
      .regex(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/i)
      .max(63)
      .optional()
      .meta({ description: "Azure: name of your resource, instead of a base URL" }),
    apiVersion: z
      .string()
      .regex(/^[\w.-]+$/)
      .max(32)
      .optional()
      .meta({ description: "Azure: version of the API; default: its v1 API, which needs none" }),
    apiKey: apiKeySchema.optional(),
    apiKeyEnv: z
      .string()
      .regex(/^[A-Za-z_][A-Za-z0-9_]*$/)
      .optional()
      .meta({ description: "Name of the environment variable that holds the key; default: the known provider's own" }),
    headers: headersSchema.optional(),
    prefill: z.enum(["trailing", "prefix", "partial", "continue-final-message"]).optional().meta({
      description: "How a model goes on from the beginning of its own message; default: as its maker documents",
    }),
    model: modelSchema.optional().meta({ description: "Model where a target names none" }),
  })
  .meta({ description: "An upstream" });

export const mockSchema = z
  .strictObject({
    dialect: z.literal("mock"),
    text: z.string().min(1).optional().meta({ description: "What it answers" }),
    paceMs: z
      .int()
      .min(0)
      .max(60_000)
      .optional()
      .meta({ description: "Milliseconds between two pieces of the answer" }),
    model: modelSchema.optional(),
  })
  .meta({ description: "Trial answers without a model" });

/** A function, which only a file that is run can give: no part of the JSON schema. */
const sdkModelSchema = z
  .custom<AiSdkSource["model"]>(() => true)
  .superRefine((value, context) => {
    if (typeof value === "function") return;
    context.addIssue({
      code: "custom",
      params: {
        en: "Expected a function that gives a model of the AI SDK, in a file that ends in .ts or .js",
        ar: "المتوقع دالة تعطي نموذجًا من AI SDK، في ملف ينتهي بـ .ts أو .js",
      },
    });
  });

export const aiSdkSchema = z.strictObject({
  dialect: z.literal("ai-sdk"),
  model: sdkModelSchema,
  defaultModel: modelSchema.optional(),
  providerOptions: z.record(z.string(), z.record(z.string(), z.unknown())).optional(),
});

/** The providers that JSON can describe. */
export const plainProviderSchema = z.discriminatedUnion("dialect", [httpProviderSchema, mockSchema]);
export const providerSchema = z.discriminatedUnion("dialect", [httpProviderSchema, mockSchema, aiSdkSchema]);

export const targetSchema = z.strictObject({
  provider: nameSchema.meta({ description: "Name of a provider of this file or of the environment" }),
  model: modelSchema.optional().meta({ description: "Default: the provider's model" }),
});

export const timeoutsSchema = z.strictObject({
  connectMs: milliseconds().optional().meta({ description: "Until a connection stands; default 10000" }),
  firstTokenMs: milliseconds().optional().meta({ description: "Until the first token; default 12000" }),
  idleMs: milliseconds().optional().meta({ description: "Longest silence in mid-stream; default 20000" }),
  totalMs: milliseconds().optional().meta({ description: "The whole answer; default LLM_TIMEOUT_SECONDS" }),
});

export const routeSchema = z.strictObject({
  targets: z.array(targetSchema).min(1).meta({ description: "Tried in this order" }),
  timeouts: timeoutsSchema.optional(),
  maxRetries: z.int().min(0).max(20).optional().meta({ description: "Retries per target; default LLM_MAX_RETRIES" }),
  hedgeAfterMs: milliseconds()
    .nullable()
    .optional()
    .meta({ description: "Start the next target when no token came for so long; null: never" }),
  onCut: z
    .enum(["continue", "fail"])
    .optional()
    .meta({ description: "What follows a cut in mid-answer; default continue" }),
});

const usdPerMillion = (description: string) => z.number().min(0).max(1_000_000).meta({ description });

export const priceSchema = z
  .strictObject({
    input: usdPerMillion("Tokens of the prompt"),
    cachedInput: usdPerMillion("Tokens of the prompt from the provider's cache").optional(),
    cacheWrite: usdPerMillion("Tokens of the prompt into the provider's cache").optional(),
    output: usdPerMillion("Tokens of the answer, reasoning included"),
    upToInputTokens: z.int().min(1).optional().meta({ description: "Longest prompt for which this holds" }),
  })
  .meta({ description: "US dollars per million tokens" });

export const hedgingSchema = z
  .strictObject({
    maxShare: z.number().min(0).max(1).optional().meta({
      description: "Share of a minute's answers that may ask a second target, from 0 to 1; default 0.1",
    }),
    maxUsdPerHour: z.number().min(0).max(1_000_000).optional().meta({
      description:
        "US dollars that hedges may have cost within an hour before no more are started; default: no such limit",
    }),
  })
  .meta({ description: "What hedging may cost, over all routes" });

const daysKept = (description: string) =>
  z
    .int()
    .min(0)
    .max(36_500)
    .optional()
    .meta({ description: `${description}; 0: for ever` });

export const retentionSchema = z
  .strictObject({
    compactAfterHours: z.int().min(0).max(876_000).optional().meta({
      description: "Hours after an answer's end until its journal is compacted; 0: never; default 24",
    }),
    conversationDays: daysKept("Days since a conversation's last question; default 0"),
    answerDays: daysKept("Days since the end of an answer that belongs to no conversation; default 30"),
    measureDays: daysKept("Days of the measures of single answers; default 90"),
    auditDays: daysKept("Days of the log of changes; default 365"),
  })
  .meta({ description: "How long what is kept is kept" });

export const configFileSchema = z
  .strictObject({
    $schema: z.string().optional(),
    providers: z.record(nameSchema, providerSchema).optional(),
    routes: z.record(nameSchema, routeSchema).optional(),
    hedging: hedgingSchema.optional(),
    retention: retentionSchema.optional(),
    prices: z
      .record(z.string().min(1).max(256), priceSchema)
      .optional()
      .meta({ description: "What tokens cost, by 'provider/model' or 'model'; * stands for any characters" }),
  })
  .meta({ title: "CogniForge configuration", description: "Providers and routes; see docs/configuration.md" });

/** A configuration file as its author writes it. */
export type ConfigFile = z.input<typeof configFileSchema>;
export type ParsedConfigFile = z.output<typeof configFileSchema>;
