/** So many blocks are laid out, or left out, together. */
const BLOCKS_A_STRETCH = 32;

/**
 * Cuts a long answer's blocks into stretches, each of which a page can leave out of layout as a whole.
 *
 * A stretch whose blocks are still the same is the same array as before, so that whoever renders it need not look into it.
 */
export class StretchCutter<Block> {
  #before: readonly (readonly Block[])[] = [];

  /** The stretches of all blocks so far, in order. */
  cut(blocks: readonly Block[]): readonly (readonly Block[])[] {
    const stretches: (readonly Block[])[] = [];
    for (let at = 0; at < blocks.length; at += BLOCKS_A_STRETCH) {
      const length = Math.min(BLOCKS_A_STRETCH, blocks.length - at);
      const known = this.#before[stretches.length];
      const isSame = known?.length === length && known.every((block, index) => block === blocks[at + index]);
      stretches.push(isSame ? known : blocks.slice(at, at + length));
    }
    this.#before = stretches;
    return stretches;
  }
}
