/** A longer run of text is laid out in pieces, in characters: a line of a megabyte would hold up every frame. */
const LONGEST_PIECE = 8000;

/** Characters that turn the order of the letters around until they are closed, which nothing makes sure of. */
const CONTROLS = /[\u202a-\u202e\u2066-\u2069]/;

/** Whether a text must be kept from changing the order of what stands around it. */
export function controlsIn(text: string): boolean {
  return CONTROLS.test(text);
}

/** Whether a text is laid out in pieces. */
export function isLong(text: string): boolean {
  return text.length > LONGEST_PIECE;
}

/** The text in pieces that can be laid out one by one. */
export function piecesOf(text: string): string[] {
  const pieces: string[] = [];
  for (let at = 0; at < text.length; ) {
    const end = at + LONGEST_PIECE;
    const space = text.lastIndexOf(" ", end);
    let cut = space > at ? space + 1 : end;
    // No character is cut in two.
    if (/[\udc00-\udfff]/.test(text[cut] ?? "")) cut--;
    pieces.push(text.slice(at, cut));
    at = cut;
  }
  return pieces;
}
