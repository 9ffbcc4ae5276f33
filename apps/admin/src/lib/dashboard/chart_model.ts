/** What the numbers of a chart are, and so how they are written. */
export type ChartUnit = "count" | "duration" | "speed" | "cost";

/** One line, or one part of the bars. */
export interface ChartSeries {
  key: string;
  label: string;
  /** Whether the label is an identifier, which keeps its own direction. */
  isIdentifier?: boolean;
  /** Number of its colour, from 1. */
  color: number;
  /** One for each moment; `null` where nothing is known. */
  values: readonly (number | null)[];
  /** For the whole range. */
  whole: number | undefined;
}

/** A chart, ready to be drawn. */
export interface ChartModel {
  id: string;
  title: string;
  /** What is measured. */
  what: string;
  unit: ChartUnit;
  /** Bars are parts of a sum and stand on each other. */
  kind: "lines" | "bars";
  /** Epoch milliseconds of each step. */
  at: readonly number[];
  stepMs: number;
  series: readonly ChartSeries[];
  isEmpty: boolean;
}

/** Values as they are drawn: bars on top of those before them. */
export function drawnValues({ kind, series }: Pick<ChartModel, "kind" | "series">): (number | null)[][] {
  if (kind === "lines") return series.map(({ values }) => [...values]);
  const sums: number[] = [];
  return series.map(({ values }) =>
    values.map((value, index) => {
      const sum = (sums[index] ?? 0) + (value ?? 0);
      sums[index] = sum;
      return sum;
    }),
  );
}
