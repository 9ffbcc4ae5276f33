/** One family of the scrape, with its samples in their order. */
export interface Family {
  name: string;
  help: string;
  type: string;
  samples: { name: string; labels: Record<string, string>; value: number }[];
}

const HELP = /^# HELP ([a-zA-Z_:][a-zA-Z0-9_:]*) (\S.*)$/;
const TYPE = /^# TYPE ([a-zA-Z_:][a-zA-Z0-9_:]*) (counter|gauge|histogram)$/;
const SAMPLE = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\+Inf|-?\d+(?:\.\d+)?(?:e[+-]\d+)?)$/;
const LABEL = /^([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(?:,|$)/;

/**
 * Reads Prometheus's text format 0.0.4, and takes nothing that `promtool check metrics` or a scrape would complain of.
 *
 * @throws {SyntaxError} With the first line that is wrong.
 */
export function parseExposition(text: string): Map<string, Family> {
  if (!text.endsWith("\n")) throw new SyntaxError("The last line has no end");
  const families = new Map<string, Family>();
  let family: Family | undefined;
  const seen = new Set<string>();
  for (const line of text.slice(0, -1).split("\n")) {
    const wrong = (what: string) => new SyntaxError(`${what}: ${line}`);
    const [, helpName, help = ""] = HELP.exec(line) ?? [];
    const [, typeName, type = ""] = TYPE.exec(line) ?? [];
    if (helpName !== undefined) {
      if (families.has(helpName)) throw wrong("A second family of the name");
      family = { name: helpName, help, type: "", samples: [] };
      families.set(helpName, family);
    } else if (typeName !== undefined) {
      if (family?.name !== typeName || family.type !== "") throw wrong("A type out of place");
      family.type = type;
    } else {
      const [, name = "", labelText = "", value = ""] = SAMPLE.exec(line) ?? [];
      if (name === "") throw wrong("No sample");
      if (family === undefined || family.type === "") throw wrong("A sample without its type");
      const allowed = family.type === "histogram" ? ["_bucket", "_sum", "_count"] : [""];
      if (!allowed.some((suffix) => name === `${family?.name}${suffix}`)) throw wrong("A sample of another family");
      const labels = parseLabels(labelText, wrong);
      const id = `${name} ${JSON.stringify(Object.entries(labels).sort())}`;
      if (seen.has(id)) throw wrong("A series that was there before");
      seen.add(id);
      family.samples.push({ name, labels, value: Number(value) });
    }
  }
  for (const one of families.values()) checkFamily(one);
  return families;
}

function parseLabels(text: string, wrong: (what: string) => SyntaxError): Record<string, string> {
  const labels: Record<string, string> = {};
  let rest = text;
  while (rest !== "") {
    const [all = "", name = "", value = ""] = LABEL.exec(rest) ?? [];
    if (all === "" || name in labels || name.startsWith("__")) throw wrong("A wrong label");
    labels[name] = value.replaceAll("\\n", "\n").replaceAll('\\"', '"').replaceAll("\\\\", "\\");
    rest = rest.slice(all.length);
  }
  return labels;
}

function checkFamily({ name, type, samples }: Family): void {
  const complain = (what: string) => {
    throw new SyntaxError(`${name}: ${what}`);
  };
  if ((type === "counter") !== name.endsWith("_total")) complain("only counters end with _total, and all of them do");
  if (type === "counter" && samples.some(({ value }) => !(value >= 0))) complain("a counter below zero");
  if (type !== "histogram") return;
  const series = Map.groupBy(samples, ({ labels: { le: _, ...labels } }) => JSON.stringify(labels));
  for (const own of series.values()) {
    const buckets = own.filter((sample) => sample.name === `${name}_bucket`);
    const bounds = buckets.map(({ labels }) => Number(labels.le?.replace("+Inf", "Infinity")));
    if (bounds.some((bound, index) => !(bound > (bounds[index - 1] ?? 0)))) complain("bounds that do not rise");
    if (buckets.some(({ value }, index) => value < (buckets[index - 1]?.value ?? 0))) complain("counts that fall");
    if (bounds.at(-1) !== Number.POSITIVE_INFINITY) complain("no bucket for everything");
    const [sum, count, ...more] = own.slice(buckets.length);
    if (sum?.name !== `${name}_sum` || count?.name !== `${name}_count` || more.length > 0) complain("no sum and count");
    if (count?.value !== buckets.at(-1)?.value) complain("a count that is not the last bucket's");
  }
}
