import type { Bilingual, Timeouts } from "@cogniforge/core/events";
import type { Price } from "@cogniforge/core/metrics";
import type { PrefillStyle } from "@cogniforge/core/providers";
import type { HedgeLimits } from "@cogniforge/core/resilience";
import type { AiSdkSource } from "./ai_sdk_source.ts";
import type { LimitsConfig } from "./limits.ts";
import type { RetentionConfig } from "./retention.ts";
import type { Secret } from "./secret.ts";
import type { SetupHint } from "./setup_hint.ts";
import type { SharedConfig } from "./shared.ts";
import type { TelemetryConfig } from "./telemetry.ts";

/** The wire languages that a configured provider can speak. */
export const CONFIG_DIALECTS = [
  "openai-chat",
  "openai-responses",
  "anthropic-messages",
  "gemini",
  "ollama",
  "cohere",
  "ai-sdk",
  "mock",
] as const;
export type ConfigDialect = (typeof CONFIG_DIALECTS)[number];

/** A configured upstream. */
export interface ProviderConfig {
  readonly name: string;
  readonly dialect: ConfigDialect;
  /** With the version path and without a slash at the end; absent for `mock` and `ai-sdk`, and where the variable that would set it is not set. */
  readonly baseUrl?: string;
  /** Name of the known provider that it is, wherever it is. */
  readonly preset?: string;
  readonly apiKey?: Secret;
  /** Name of the variable that holds, or would hold, the key: what a remedy can name. */
  readonly keyVariable?: string;
  /** Sent with every request; JSON and inspection show the names only. */
  readonly headers?: Readonly<Record<string, string>>;
  /** How its models are handed the beginning of their own message, after a cut; absent: as its maker documents it, if that is known. */
  readonly prefill?: PrefillStyle;
  /** What makes the models of an `ai-sdk`. */
  readonly sdk?: AiSdkSource;
  /** What a `mock` says instead of its own text. */
  readonly text?: string;
  /** Milliseconds between two pieces of a `mock`'s answer. */
  readonly paceMs?: number;
  /** `false` where a key is asked for and not set: the provider is listed, never called. */
  readonly isUsable: boolean;
  readonly source: "environment" | "file";
}

export interface TargetConfig {
  readonly provider: string;
  readonly model: string;
}

/** A named, ordered list of targets with its policy. */
export interface RouteConfig {
  readonly name: string;
  /** Empty only for `default`, where nothing is set up yet. */
  readonly targets: readonly TargetConfig[];
  readonly timeouts: Readonly<Timeouts>;
  /** Retries on one target before the next one is tried. */
  readonly maxRetries: number;
  /** Milliseconds without a first token after which the next target starts too; `null` switches hedging off. */
  readonly hedgeAfterMs: number | null;
  readonly onCut: "continue" | "fail";
}

/** Who says what a value is. */
export type ValueSource = "default" | "environment" | "file" | "console";

/** The values of a route that can be set apart from each other, by their paths in the configuration file. */
export const ROUTE_VALUES = [
  "targets",
  "timeouts.connectMs",
  "timeouts.firstTokenMs",
  "timeouts.idleMs",
  "timeouts.totalMs",
  "maxRetries",
  "hedgeAfterMs",
  "onCut",
] as const;
export type RouteValue = (typeof ROUTE_VALUES)[number];

/** Where a route comes from. */
export interface RouteOrigin {
  /** `file` where the file gives the route itself, and not only its providers. */
  readonly route: "environment" | "file" | "console";
  readonly values: Readonly<Record<RouteValue, ValueSource>>;
}

/** Everything that is configured: checked, frozen, and without a secret in its JSON. */
export interface Config {
  readonly host: string;
  readonly port: number;
  /** Absolute path of the embedded data. */
  readonly dataDirectory: string;
  /** What many replicas share; absent where everything is in the embedded data. Read at start. */
  readonly shared?: SharedConfig;
  /** The bootstrap key of programs. */
  readonly apiKey?: Secret;
  /** Opens `/metrics` and nothing else. */
  readonly metricsToken?: Secret;
  /** Where traces and metrics are sent; absent where they are not. Read at start. */
  readonly telemetry?: TelemetryConfig;
  /** The first administrator, created at start where there is none. */
  readonly admin?: { readonly email: string; readonly password: Secret; readonly name: string };
  /** The folder that questions can be about, by its absolute path; and the most characters that are sent of it with one question. */
  readonly project?: { readonly directory: string; readonly maxCharacters: number };
  /** Proxies whose word about their callers is believed: addresses, subnets, `loopback`. */
  readonly trustedProxies: readonly string[];
  /** Whether the console is served. */
  readonly console: boolean;
  /** Characters. */
  readonly maxQuestionLength: number;
  readonly maxContextMessages: number;
  /** Ceiling of output tokens. */
  readonly maxResponseTokens: number;
  /** Whether the operator set that ceiling: only then is it sent to a model that was asked for no smaller one. */
  readonly isMaxResponseTokensSet: boolean;
  readonly isExtreme: boolean;
  readonly limits: LimitsConfig;
  readonly retention: RetentionConfig;
  /** How long running answers may go on after a signal to stop, in milliseconds. */
  readonly drainMs: number;
  /** `ALLOW_MOCK_LLM`: trial answers are welcome where nothing else can answer. */
  readonly isMockAllowed: boolean;
  /** `LLM_FORCE_MOCK`: whatever is asked for, the mock answers. */
  readonly isMockForced: boolean;
  readonly providers: Readonly<Record<string, ProviderConfig>>;
  /** Always holds `default`. */
  readonly routes: Readonly<Record<string, RouteConfig>>;
  /** For each route, who says what its values are. */
  readonly routeOrigins: Readonly<Record<string, RouteOrigin>>;
  /** What tokens cost, by a model's name or a pattern with `*`; these win over the table that is built in. */
  readonly prices: Readonly<Record<string, Price>>;
  /** What hedging may cost, over all routes. */
  readonly hedging: HedgeLimits;
  /** What to set, in order of advice; empty when the default route has a real target that is usable. */
  readonly hints: readonly SetupHint[];
  /** What was accepted, but not as its author may think. */
  readonly notices: readonly Bilingual[];
  /** Absolute path of the configuration file that was read. */
  readonly file?: string;
}

/** Where a configuration is read from. */
export interface ConfigSource {
  /** The real environment, usually `process.env`; it wins over `.env`. */
  environment: Readonly<Record<string, string | undefined>>;
  /** The working directory: holds `.env` and the configuration file, and relative paths begin here. */
  directory: string;
}
