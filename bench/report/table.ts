/** A table in Markdown, its first column to the left and all others to the right. */
export function table(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  const rule = `|${headings.map((_, index) => (index === 0 ? "---" : "--:")).join("|")}|`;
  return [line(headings), rule, ...rows.map(line)].join("\n");
}
