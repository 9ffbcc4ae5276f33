import { SeamAligner, splitAtAnchor } from "../../packages/core/continuation/mod.ts";
import { type MicroResult, perSecond } from "./repeat.ts";

const WORDS = "the library of Alexandria held scrolls from every harbour and lost them one winter after another ".split(
  " ",
);

/** How many continuations of a 4,000-character text are joined in a second, by what the target says. */
export async function benchSeam(forMs: number): Promise<MicroResult[]> {
  const text = prose(4_000);
  const anchor = splitAtAnchor(text);
  const says: Record<string, { mode: "continue" | "restart"; pieces: string[] }> = {
    "seam: repeats the tail": { mode: "continue", pieces: piecesOf(`${anchor.tail} and then it goes on${prose(400)}`) },
    "seam: repeats nothing": { mode: "continue", pieces: piecesOf(` and so it came that${prose(400)}`) },
    "seam: begins anew": { mode: "restart", pieces: piecesOf(`${text} and then it goes on${prose(400)}`) },
  };
  const results: MicroResult[] = [];
  for (const [name, { mode, pieces }] of Object.entries(says)) {
    const join = () => {
      const aligner = new SeamAligner(anchor, { mode });
      for (const piece of pieces) aligner.push(piece);
      aligner.end();
    };
    results.push({ name, unit: "seams", perSecond: await perSecond(forMs, 1, join) });
  }
  return results;
}

/** Words in an order that does not repeat soon, and is the same in every run. */
function prose(chars: number): string {
  let text = "";
  for (let index = 1; text.length < chars; index++) text += `${WORDS[(index * index) % WORDS.length]} `;
  return text.slice(0, chars);
}

/** Some four characters each, as tokens are. */
function piecesOf(text: string): string[] {
  return text.match(/.{1,4}/gs) ?? [];
}
