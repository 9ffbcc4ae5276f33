/** Longest name of a file without its extension, in graphemes: file systems allow 255 bytes, and Arabic takes two a letter. */
const MAX_LENGTH = 60;

/** Names that Windows keeps for its devices, whatever their extension. */
const RESERVED = /^(con|prn|aux|nul|com\d|lpt\d)$/i;

const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** A name that every file system takes, and that shows no other than it has: made of a title. */
export function fileNameOf(title: string, extension: string): string {
  const plain = title
    .toWellFormed()
    .normalize("NFC")
    // A hidden change of direction could make "gpj.exe" of "exe.jpg".
    .replace(/[\p{Cf}\p{Cc}]/gu, " ")
    .replace(/[/\\:*?"<>|%]/g, " ")
    .replace(/\s+/g, " ")
    .trim();
  const cut = Array.from(graphemes.segment(plain), ({ segment }) => segment)
    .slice(0, MAX_LENGTH)
    .join("")
    .replace(/^[. ]+|[. ]+$/g, "");
  const name = cut === "" || RESERVED.test(cut) ? `conversation ${cut}`.trim() : cut;
  return `${name}.${extension}`;
}

/**
 * The header that makes a browser save a response under a name.
 *
 * @see https://www.rfc-editor.org/rfc/rfc6266
 */
export function contentDisposition(fileName: string): string {
  const extension = fileName.slice(fileName.lastIndexOf("."));
  const encoded = encodeURIComponent(fileName).replace(
    /['()*!]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  // The first name is for programs that know no other than ASCII.
  return `attachment; filename="conversation${extension}"; filename*=UTF-8''${encoded}`;
}
