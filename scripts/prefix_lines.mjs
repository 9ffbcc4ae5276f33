/**
 * Gives a function that takes pieces of output, cut anywhere, and writes each line that is complete with a prefix: lines of several
 * programs then never mix within a line.
 */
export function prefixLines(prefix, write) {
  let rest = "";
  return (text) => {
    const lines = (rest + text).split("\n");
    rest = lines.pop();
    if (lines.length > 0) write(lines.map((line) => `${prefix}${line}\n`).join(""));
  };
}
