/** One signal's way to a collector. */
export interface OtlpConfig {
  /** The whole address, path included. */
  readonly url: string;
  /** Sent with every export; JSON and inspection show the names only. */
  readonly headers: Readonly<Record<string, string>>;
  /** How long one export may take, its retries included, in milliseconds. */
  readonly timeoutMs: number;
  readonly compression: "gzip" | "none";
}

/** Which answers are traced. */
export interface SamplerConfig {
  /** Whether a caller's own decision goes before this one. */
  readonly isParentBased: boolean;
  /** Share of the traces that begin here, from 0 to 1. */
  readonly ratio: number;
}

/** What is sent to OpenTelemetry's collectors; absent where nothing is. */
export interface TelemetryConfig {
  /** Attributes of the resource, `service.name` among them. */
  readonly resource: Readonly<Record<string, string>>;
  readonly traces?: OtlpConfig & {
    readonly sampler: SamplerConfig;
    /** How long spans are gathered before they are sent, in milliseconds. */
    readonly delayMs: number;
    /** Spans that wait at most; further ones are dropped. */
    readonly maxQueue: number;
  };
  readonly metrics?: OtlpConfig & {
    readonly intervalMs: number;
  };
}
