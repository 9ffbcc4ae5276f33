/** A metric that an expression reads, with the labels that it wants of it. */
export interface Wanted {
  metric: string;
  labels: Set<string>;
}

const FUNCTIONS = new Set(
  "and bool by changes histogram_quantile increase label_values max min on or rate sum unless vector without".split(
    " ",
  ),
);
/** Grouping words, whose labels every metric of the expression must have. */
const GROUPING = /\b(?:by|without|on|ignoring)\s*\(([^)]*)\)/g;
const SELECTOR = /([a-zA-Z_:][a-zA-Z0-9_:]*)\s*\{([^}]*)\}/g;

/**
 * Reads which metrics and labels an expression in PromQL wants: as much of the language as dashboards and alerts here use.
 *
 * @throws {SyntaxError} For a name that is neither a metric in its place nor a word of the language.
 */
export function wantedOf(expression: string): Wanted[] {
  const wanted = new Map<string, Set<string>>();
  const want = (metric: string): Set<string> => {
    const labels = wanted.get(metric) ?? new Set();
    wanted.set(metric, labels);
    return labels;
  };
  const shared: string[] = [];
  const rest = expression
    .replace(/"(?:[^"\\]|\\.)*"/g, '""')
    .replace(/\[[^\]]*\]/g, " ")
    .replace(GROUPING, (_, names: string) => {
      shared.push(...namesOf(names));
      return " ";
    })
    .replace(SELECTOR, (_, metric: string, matchers: string) => {
      const labels = want(metric);
      for (const matcher of matchers.split(",")) {
        const [, name] = /^\s*([a-zA-Z_]\w*)\s*(?:=~|!~|!=|=)\s*""\s*$/.exec(matcher) ?? [];
        if (name === undefined) throw new SyntaxError(`No matcher of a label: ${matcher} in ${expression}`);
        labels.add(name);
      }
      return " ";
    });
  for (const [name] of rest.matchAll(/[a-zA-Z_:][a-zA-Z0-9_:]*/g)) {
    if (FUNCTIONS.has(name)) continue;
    if (!/^(cogniforge|process|up$)/.test(name)) throw new SyntaxError(`An unknown name: ${name} in ${expression}`);
    want(name);
  }
  if (wanted.size === 0) throw new SyntaxError(`No metric in ${expression}`);
  return [...wanted].map(([metric, labels]) => ({ metric, labels: new Set([...labels, ...shared]) }));
}

function namesOf(list: string): string[] {
  return list.split(",").map((name) => name.trim());
}
