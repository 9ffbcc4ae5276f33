import { execFile, execFileSync } from "node:child_process";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Measure } from "@cogniforge/core/metrics";
import { CATALOGUE } from "@cogniforge/core/metrics";
import { expect, test, vi } from "vitest";
import { parseExposition } from "./_exposition.ts";
import { wantedOf } from "./_promql.ts";
import { startServer } from "./_server.ts";

vi.setConfig({ testTimeout: 30_000 });

const DEPLOY = new URL("../../../deploy/", import.meta.url);
const ALERTS = fileURLToPath(new URL("prometheus/alerts.yml", DEPLOY));
const SCRAPE = fileURLToPath(new URL("prometheus/prometheus.yml", DEPLOY));

/** What Prometheus itself puts on every series that it scrapes. */
const OF_SCRAPES = ["job", "instance"];

/** The labels of every series that the scrape gives, by its name: those of histograms by the names of their parts. */
async function exposedSeries(): Promise<Map<string, string[]>> {
  await using server = await startServer();
  const families = parseExposition(await (await server.fetch("/metrics")).text());
  const series = new Map<string, string[]>([["up", OF_SCRAPES]]);
  const measures: Measure[] = Object.values(CATALOGUE);
  for (const { name, kind, labels } of measures) {
    expect(families.get(name)?.type).toBe(kind);
    const all = [...labels, ...OF_SCRAPES];
    if (kind !== "histogram") series.set(name, all);
    else {
      series.set(`${name}_bucket`, [...all, "le"]);
      for (const part of ["sum", "count"]) series.set(`${name}_${part}`, all);
    }
  }
  return series;
}

/** What an expression wants and the scrape does not give. */
function missingIn(expression: string, series: ReadonlyMap<string, string[]>): string[] {
  return wantedOf(expression).flatMap(({ metric, labels }) => {
    const given = series.get(metric);
    if (given === undefined) return [metric];
    return [...labels].filter((label) => !given.includes(label)).map((label) => `${metric}{${label}}`);
  });
}

interface Panel {
  id: number;
  type: string;
  title: string;
  gridPos: { x: number; y: number; w: number; h: number };
  targets?: { expr: string; legendFormat: string }[];
}

interface Dashboard {
  panels: Panel[];
  templating: { list: { name: string; type: string; query: string | { query: string } }[] };
  annotations: { list: { expr: string }[] };
}

test("deploy/grafana/cogniforge.json asks only for measures and labels that the scrape gives", async () => {
  const text = await readFile(new URL("grafana/cogniforge.json", DEPLOY), "utf8");
  const { panels, templating, annotations }: Dashboard = JSON.parse(text);
  const series = await exposedSeries();
  const targets = panels.flatMap((panel) => panel.targets ?? []);
  expect(targets.length).toBeGreaterThan(30);
  const expressions = [...targets, ...annotations.list].map(({ expr }) => expr);
  expect(expressions.flatMap((expression) => missingIn(expression, series))).toEqual([]);
  for (const { expr, legendFormat } of targets) {
    const [, grouped] = / by \(([^)]*)\)/.exec(expr) ?? [];
    const left = grouped?.split(", ") ?? (/^(sum|histogram_quantile)\(/.test(expr) ? [] : OF_SCRAPES);
    for (const [, label = ""] of legendFormat.matchAll(/\{\{(\w+)\}\}/g)) expect(left, expr).toContain(label);
  }

  const variables = new Set(templating.list.map(({ name }) => name));
  for (const [, name = ""] of text.matchAll(/\$\{?([a-z]\w*)/g)) expect(variables, name).toContain(name);
  for (const { type, query } of templating.list) {
    if (type !== "query" || typeof query === "string") continue;
    const [, selector = "", label = ""] = /^label_values\((.*), (\w+)\)$/.exec(query.query) ?? [];
    expect(missingIn(`sum by (${label}) (${selector})`, series)).toEqual([]);
  }
});

test("deploy/grafana/cogniforge.json has panels that are told apart and cover each other nowhere", async () => {
  const { panels }: Dashboard = JSON.parse(await readFile(new URL("grafana/cogniforge.json", DEPLOY), "utf8"));
  expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
  const cells = panels.flatMap(({ title, gridPos: { x, y, w, h } }) => {
    expect(x + w, title).toBeLessThanOrEqual(24);
    return Array.from({ length: w * h }, (_, index) => `${x + (index % w)},${y + Math.floor(index / w)}`);
  });
  expect(new Set(cells).size).toBe(cells.length);
});

test("deploy/prometheus/alerts.yml judges only measures and labels that the scrape gives, and says what to do in both languages", async () => {
  const series = await exposedSeries();
  const alerts = (await readFile(ALERTS, "utf8")).split(/^ {6}- alert: /m).slice(1);
  expect(alerts.length).toBeGreaterThan(5);
  for (const alert of alerts) {
    const [name] = alert.split("\n");
    const [, expression = ""] = /^ {8}expr: (.+)$/m.exec(alert) ?? [];
    expect(missingIn(expression, series), name).toEqual([]);
    expect(alert, name).toMatch(/^ {8}labels: \{ severity: (critical|warning) \}$/m);
    expect(alert, name).toMatch(/^ {10}summary: .+\n {10}summary_ar: .*[\u0600-\u06ff].+\n {10}action: .+$/m);
    for (const [, label = ""] of alert.matchAll(/\$labels\.(\w+)/g)) {
      for (const { metric } of wantedOf(expression)) expect(series.get(metric), name).toContain(label);
    }
  }
});

test("wantedOf() finds what is not there, in a selector, a grouping and beside them", async () => {
  const series = new Map([["cogniforge_a_total", ["route"]]]);
  expect(missingIn('sum by (route) (rate(cogniforge_a_total{route="x"}[5m]))', series)).toEqual([]);
  expect(missingIn("rate(cogniforge_b_total[5m])", series)).toEqual(["cogniforge_b_total"]);
  expect(missingIn('cogniforge_a_total{rout="x"}', series)).toEqual(["cogniforge_a_total{rout}"]);
  expect(missingIn("sum by (code) (cogniforge_a_total)", series)).toEqual(["cogniforge_a_total{code}"]);
  expect(() => wantedOf("rate(cognifrog_a_total[5m])")).toThrow(SyntaxError);
});

const hasPromtool = (() => {
  try {
    execFileSync("promtool", ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
})();

test("promtool, where the machine has it, takes the alerts, the scrape and their trial without complaint", async () => {
  if (!hasPromtool) {
    console.info("promtool is not on this machine: the files were checked by the tests above");
    return;
  }
  const promtool = (...args: string[]) => promisify(execFile)("promtool", args);
  expect((await promtool("check", "rules", ALERTS)).stdout).toContain("SUCCESS");
  // The token's file is the operator's own.
  expect((await promtool("check", "config", "--syntax-only", SCRAPE)).stdout).toContain("valid");
  await promtool("test", "rules", fileURLToPath(new URL("prometheus/alerts_trial.yml", DEPLOY)));
});
