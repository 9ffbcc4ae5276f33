import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { gunzipSync } from "node:zlib";

type Value = {
  stringValue?: string;
  intValue?: number;
  doubleValue?: number;
  boolValue?: boolean;
  arrayValue?: { values: Value[] };
};
type KeyValues = { key: string; value: Value }[];
export type Attributes = Record<string, unknown>;

/** A span as a collector got it. */
export interface GotSpan {
  name: string;
  kind: number;
  traceId: string;
  spanId: string;
  parentSpanId: string | undefined;
  /** Epoch milliseconds. */
  startedAt: number;
  endedAt: number;
  attributes: Attributes;
  events: { name: string; attributes: Attributes }[];
  status: { code?: number; message?: string };
}

/** A metric as a collector got it last. */
export interface GotMetric {
  name: string;
  unit: string;
  kind: "sum" | "gauge" | "histogram";
  points: { attributes: Attributes; value: number | undefined; count: number; bounds: number[]; counts: number[] }[];
}

export interface Collector extends AsyncDisposable {
  url: string;
  /** Every byte that came, decompressed, as text. */
  texts: readonly string[];
  headers: readonly IncomingHttpHeaders[];
  resources: readonly Attributes[];
  spans: readonly GotSpan[];
  metrics: ReadonlyMap<string, GotMetric>;
  /** Resolves as soon as it holds, looked at after each export. */
  until(holds: () => boolean): Promise<void>;
}

export interface CollectorOptions {
  /** `hang` takes everything and says nothing. */
  answer?: "ok" | "hang" | number;
}

/** A collector that takes OTLP as JSON over HTTP, on a port of its own. */
export async function startCollector({ answer = "ok" }: CollectorOptions = {}): Promise<Collector> {
  const texts: string[] = [];
  const headers: IncomingHttpHeaders[] = [];
  const resources: Attributes[] = [];
  const spans: GotSpan[] = [];
  const metrics = new Map<string, GotMetric>();
  const waiting = new Set<() => void>();
  const take = async (request: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of request) chunks.push(chunk as Buffer);
    } catch {
      return; // The sender has given it up.
    }
    const body = Buffer.concat(chunks);
    const text = (request.headers["content-encoding"] === "gzip" ? gunzipSync(body) : body).toString("utf8");
    texts.push(text);
    headers.push(request.headers);
    const json = JSON.parse(text);
    for (const { resource, scopeSpans } of json.resourceSpans ?? []) {
      resources.push(attributesOf(resource.attributes));
      for (const scope of scopeSpans) spans.push(...scope.spans.map(spanOf));
    }
    for (const { resource, scopeMetrics } of json.resourceMetrics ?? []) {
      resources.push(attributesOf(resource.attributes));
      for (const scope of scopeMetrics) for (const one of scope.metrics) metrics.set(one.name, metricOf(one));
    }
    if (answer !== "hang")
      response.writeHead(answer === "ok" ? 200 : answer, { "content-type": "application/json" }).end("{}");
    for (const wake of waiting) wake();
  };
  const server = createServer((request, response) => void take(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    texts,
    headers,
    resources,
    spans,
    metrics,
    async until(holds) {
      if (holds()) return;
      const held = Promise.withResolvers<void>();
      const look = () => {
        if (holds()) held.resolve();
      };
      waiting.add(look);
      await held.promise;
      waiting.delete(look);
    },
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

function plainOf(value: Value): unknown {
  if (value.arrayValue !== undefined) return value.arrayValue.values.map(plainOf);
  return value.stringValue ?? value.intValue ?? value.doubleValue ?? value.boolValue;
}

function attributesOf(pairs: KeyValues = []): Attributes {
  return Object.fromEntries(pairs.map(({ key, value }) => [key, plainOf(value)]));
}

// biome-ignore lint/suspicious/noExplicitAny: the wire's own shape, which the tests judge by what is read of it
function spanOf(span: any): GotSpan {
  return {
    name: span.name,
    kind: span.kind,
    traceId: span.traceId,
    spanId: span.spanId,
    parentSpanId: span.parentSpanId,
    startedAt: Number(BigInt(span.startTimeUnixNano) / 1_000_000n),
    endedAt: Number(BigInt(span.endTimeUnixNano) / 1_000_000n),
    attributes: attributesOf(span.attributes),
    events: (span.events ?? []).map((event: { name: string; attributes: KeyValues }) => ({
      name: event.name,
      attributes: attributesOf(event.attributes),
    })),
    status: span.status ?? {},
  };
}

// biome-ignore lint/suspicious/noExplicitAny: as above
function metricOf(metric: any): GotMetric {
  const kind = metric.sum ? "sum" : metric.gauge ? "gauge" : "histogram";
  return {
    name: metric.name,
    unit: metric.unit,
    kind,
    // biome-ignore lint/suspicious/noExplicitAny: as above
    points: metric[kind].dataPoints.map((point: any) => ({
      attributes: attributesOf(point.attributes),
      value: point.asDouble ?? (point.asInt === undefined ? undefined : Number(point.asInt)),
      count: Number(point.count ?? 0),
      bounds: point.explicitBounds ?? [],
      counts: (point.bucketCounts ?? []).map(Number),
    })),
  };
}
