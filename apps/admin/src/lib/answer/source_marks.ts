/** A run of Markdown's source: of its marks, or of what stands between them. */
export interface SourceRun {
  text: string;
  isMark: boolean;
}

const FENCE = /^ {0,3}(?:`{3,}|~{3,})/;

/** What begins a line, rules it off or sets words apart; a guess that costs nothing where it is wrong. */
const MARK =
  /^ {0,3}#{1,6}(?= )|^\s*(?:[-*+]|\d{1,9}[.)])(?= )|^ {0,3}>+|^[\s|:-]*-[\s|:-]*$|\*{1,3}|~~|__|`+|\||\$\$?/g;

/** Parts Markdown's source into runs, which together are the source: so that its words can be read through its marks. */
export function sourceRuns(source: string): SourceRun[] {
  const runs: SourceRun[] = [];
  const add = (text: string, isMark: boolean) => {
    const last = runs.at(-1);
    if (text === "") return;
    if (last?.isMark === isMark) last.text += text;
    else runs.push({ text, isMark });
  };
  let isCode = false;
  for (const [index, line] of source.split("\n").entries()) {
    if (index > 0) add("\n", false);
    const isFence = FENCE.test(line);
    if (isFence) isCode = !isCode;
    if (isFence || isCode) {
      add(line, isFence);
      continue;
    }
    let at = 0;
    for (const match of line.matchAll(MARK)) {
      add(line.slice(at, match.index), false);
      add(match[0], true);
      at = match.index + match[0].length;
    }
    add(line.slice(at), false);
  }
  return runs;
}
