import type uPlot from "uplot";
import type { ChartModel } from "./chart_model.ts";
import { drawnValues } from "./chart_model.ts";
import { formatAxis, formatTick } from "./chart_text.ts";

export interface PlotOptions {
  /** Where to draw; as wide as the page lets it be. */
  host: HTMLElement;
  /** Elements whose computed colours are those of the series, and of what stands around them. */
  colorOf: (series: number) => string;
  inkColor: () => string;
  lineColor: () => string;
  /** Told of the step under the pointer. */
  onPoint: (index: number | undefined) => void;
}

const HEIGHT = 190;
const FONT = '12px "Cairo Variable", system-ui, sans-serif';

/** Least room between two numbers of an axis, in pixels. */
const TICK_SPACE = { x: 68, y: 34 };

type Library = typeof uPlot;

/** Loads the drawing library: only pages with charts pay for it. */
export async function loadLibrary(): Promise<Library> {
  const [{ default: library }] = await Promise.all([import("uplot"), import("uplot/dist/uPlot.min.css")]);
  return library;
}

/** Draws a chart, and draws it again as its numbers, its width and the page's colours change. */
export class ChartPlot {
  readonly #library: Library;
  readonly #options: PlotOptions;
  readonly #resize: ResizeObserver;
  readonly #theme: MutationObserver;
  readonly #dark = matchMedia("(prefers-color-scheme: dark)");
  readonly #redraw = () => this.#plot?.redraw(false);
  #plot: uPlot | undefined;
  /** What the plot was made for: other numbers of the same series need no new one. */
  #form = "";

  constructor(library: Library, options: PlotOptions) {
    this.#library = library;
    this.#options = options;
    this.#resize = new ResizeObserver(([entry]) => {
      const width = Math.floor(entry?.contentRect.width ?? 0);
      if (width > 0 && width !== this.#plot?.width) this.#plot?.setSize({ width, height: HEIGHT });
    });
    this.#resize.observe(options.host);
    this.#theme = new MutationObserver(this.#redraw);
    this.#theme.observe(document.documentElement, { attributeFilter: ["data-theme"] });
    this.#dark.addEventListener("change", this.#redraw);
  }

  show(model: ChartModel): void {
    const data = dataOf(model);
    const form = JSON.stringify([
      model.kind,
      model.unit,
      model.stepMs,
      model.series.map(({ key, color }) => [key, color]),
    ]);
    if (form === this.#form && this.#plot !== undefined) {
      this.#plot.setData(data);
      return;
    }
    this.#plot?.destroy();
    this.#form = form;
    const Plot = this.#library;
    this.#plot = new Plot(this.#describe(model), data, this.#options.host);
  }

  destroy(): void {
    this.#resize.disconnect();
    this.#theme.disconnect();
    this.#dark.removeEventListener("change", this.#redraw);
    this.#plot?.destroy();
    this.#plot = undefined;
  }

  #describe(model: ChartModel): uPlot.Options {
    const { host, colorOf, inkColor, lineColor, onPoint } = this.#options;
    const { unit, kind, series } = model;
    const axis = {
      stroke: inkColor,
      font: FONT,
      ticks: { stroke: lineColor, width: 1 },
      grid: { stroke: lineColor, width: 1 },
    };
    const bars = this.#library.paths.bars?.({ size: [0.75, 34] });
    const isBars = kind === "bars" && bars !== undefined;
    const describe = (index: number): uPlot.Series => {
      const stroke = () => colorOf(index);
      return isBars
        ? { stroke, fill: stroke, width: 0, paths: bars, points: { show: false } }
        : { stroke, width: 2, points: { size: 5, fill: stroke }, spanGaps: false };
    };
    const order = series.map((_, index) => index);
    return {
      width: Math.max(120, Math.floor(host.clientWidth)),
      height: HEIGHT,
      padding: [10, 10, 0, 0],
      legend: { show: false },
      cursor: { y: false, drag: { x: false, y: false, setScale: false }, points: { show: !isBars } },
      scales: {
        x: { time: true },
        y: { range: (_plot, _min, max) => [0, niceTop(max)] },
      },
      axes: [
        {
          ...axis,
          space: TICK_SPACE.x,
          grid: { show: false },
          values: (plot, ticks) => {
            const { min = 0, max = 0 } = plot.scales.x ?? {};
            return ticks.map((tick) => formatTick(tick * 1000, ((max ?? 0) - (min ?? 0)) * 1000));
          },
        },
        {
          ...axis,
          size: 58,
          space: TICK_SPACE.y,
          // Half an answer is no step of the axis.
          ...(unit === "count" && { incrs: WHOLE_STEPS }),
          values: (_plot, ticks) => ticks.map((tick) => formatAxis(tick, unit)),
        },
      ],
      // The tallest bars first: those below them stand before them.
      series: [{}, ...(isBars ? order.toReversed() : order).map(describe)],
      hooks: { setCursor: [({ cursor }) => onPoint(cursor.idx ?? undefined)] },
    };
  }
}

const WHOLE_STEPS = [1, 2, 5]
  .flatMap((one) => Array.from({ length: 9 }, (_, power) => one * 10 ** power))
  .sort((a, b) => a - b);

/** Some air above what is drawn; an axis of its own where there is nothing. */
function niceTop(max: number | null): number {
  return max !== null && max > 0 ? max * 1.08 : 1;
}

function dataOf(model: ChartModel): uPlot.AlignedData {
  const drawn = drawnValues(model);
  const seconds = model.at.map((at) => at / 1000);
  return [seconds, ...(model.kind === "bars" ? drawn.toReversed() : drawn)];
}
