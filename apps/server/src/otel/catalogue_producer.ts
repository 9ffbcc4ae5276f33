import type { Measure, MeasureKey, Meter } from "@cogniforge/core/metrics";
import { boundsOf, CATALOGUE, Histogram, perUnit } from "@cogniforge/core/metrics";
import type { HrTime } from "@opentelemetry/api";
import { ValueType } from "@opentelemetry/api";
import type { Resource } from "@opentelemetry/resources";
import type { CollectionResult, DataPoint, MetricData, MetricProducer } from "@opentelemetry/sdk-metrics";
import { AggregationTemporality, DataPointType } from "@opentelemetry/sdk-metrics";
import { VERSION } from "../version.ts";
import { otelName, otelUnit } from "./otel_name.ts";

type Buckets = Extract<MetricData, { dataPointType: DataPointType.HISTOGRAM }>["dataPoints"][number]["value"];

/** Reads every measure of the catalogue off the meter that the scrape reads, at each export: nothing is counted twice. */
export class CatalogueProducer implements MetricProducer {
  readonly #meter: Meter;
  readonly #resource: Resource;
  /** Counters begin at zero here. */
  readonly #startTime: HrTime = now();

  constructor(meter: Meter, resource: Resource) {
    this.#meter = meter;
    this.#resource = resource;
  }

  collect(): Promise<CollectionResult> {
    const endTime = now();
    const metrics: MetricData[] = [];
    for (const key of Object.keys(CATALOGUE) as MeasureKey[]) {
      const metric = this.#read(key, endTime);
      if (metric.dataPoints.length > 0) metrics.push(metric);
    }
    const scopeMetrics = [{ scope: { name: "cogniforge", version: VERSION }, metrics }];
    return Promise.resolve({ resourceMetrics: { resource: this.#resource, scopeMetrics }, errors: [] });
  }

  #read(key: MeasureKey, endTime: HrTime): MetricData {
    const measure: Measure = CATALOGUE[key];
    const descriptor = {
      name: otelName(measure),
      description: measure.meaning.en,
      unit: otelUnit(measure),
      valueType: ValueType.DOUBLE,
    };
    const common = { descriptor, aggregationTemporality: AggregationTemporality.CUMULATIVE };
    const samples = this.#meter.samples(key);
    const pointOf = <Value>(labels: Readonly<Record<string, string>>, value: Value): DataPoint<Value> => {
      return { startTime: this.#startTime, endTime, attributes: { ...labels }, value };
    };
    if (measure.kind === "histogram") {
      const dataPoints = samples.flatMap(({ labels, value }) =>
        value instanceof Histogram ? pointOf(labels, bucketsOf(measure, value)) : [],
      );
      return { ...common, dataPointType: DataPointType.HISTOGRAM, dataPoints };
    }
    const dataPoints = samples.flatMap(({ labels, value }) =>
      value instanceof Histogram ? [] : pointOf(labels, value / perUnit(measure)),
    );
    if (measure.kind === "gauge") return { ...common, dataPointType: DataPointType.GAUGE, dataPoints };
    return { ...common, dataPointType: DataPointType.SUM, isMonotonic: true, dataPoints };
  }
}

/** The same buckets as in the scrape, each with its own count and not with that of all below it. */
function bucketsOf(measure: Measure, histogram: Histogram): Buckets {
  const bounds = boundsOf(measure);
  const upTo = [...bounds.map((bound) => histogram.countUpTo(bound)), histogram.count];
  const per = perUnit(measure);
  const { min, max } = histogram;
  return {
    buckets: {
      boundaries: bounds.map((bound) => bound / per),
      counts: upTo.map((count, index) => count - (upTo[index - 1] ?? 0)),
    },
    sum: histogram.sum / per,
    count: histogram.count,
    ...(min !== undefined && { min: min / per }),
    ...(max !== undefined && { max: max / per }),
  };
}

function now(): HrTime {
  const at = Date.now();
  return [Math.floor(at / 1000), (at % 1000) * 1e6];
}
