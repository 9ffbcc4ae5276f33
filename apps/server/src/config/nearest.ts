/** Number of single changes (insert, delete, replace) that turn one text into the other (Levenshtein). */
function distance(from: string, to: string): number {
  let previous = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let row = 1; row <= from.length; row++) {
    const current = [row];
    for (let column = 1; column <= to.length; column++) {
      const change = from[row - 1] === to[column - 1] ? 0 : 1;
      current.push(
        Math.min((previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1, (previous[column - 1] ?? 0) + change),
      );
    }
    previous = current;
  }
  return previous[to.length] ?? 0;
}

const plain = (name: string) => name.toLowerCase().replaceAll(/[-_\s]/g, "");

/** The known name that was most likely meant, or `undefined` where none is near: `base_url` → `baseUrl`. */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  // A name of thousands of characters is nobody's slip, and would cost time.
  if (name.length > 64) return undefined;
  let best: string | undefined;
  let bestDistance = Number.POSITIVE_INFINITY;
  for (const candidate of known) {
    const found = distance(plain(name), plain(candidate));
    if (found < bestDistance) [best, bestDistance] = [candidate, found];
  }
  return bestDistance <= Math.max(2, Math.floor(name.length / 3)) ? best : undefined;
}
