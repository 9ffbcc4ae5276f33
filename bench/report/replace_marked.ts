/**
 * Puts a text between a page's two marks, `<!-- NAME: begin -->` and `<!-- NAME: end -->`: the words around them are people's.
 *
 * @throws {SyntaxError} If the page lacks a mark.
 */
export function replaceMarked(page: string, name: string, text: string): string {
  const [begin, end] = [`<!-- ${name}: begin -->`, `<!-- ${name}: end -->`];
  const from = page.indexOf(begin);
  const to = page.indexOf(end);
  if (from === -1 || to < from) {
    throw new SyntaxError(`Cannot replace what is marked as the page must have '${begin}' and then '${end}'`);
  }
  return `${page.slice(0, from + begin.length)}\n\n${text}\n\n${page.slice(to)}`;
}
