/** How far from the end still counts as at the end, in pixels. */
const NEAR_END = 32;

/** Keeps a scrolling region at its end while content grows, and lets go when its reader scrolls up. */
export class FollowScroll {
  isFollowing = $state(true);
  /** Whether there is more below what can be seen. */
  hasMore = $state(false);
  #region: HTMLElement | undefined;
  #lastTop = 0;

  /** For the region that scrolls. */
  readonly attach = (region: HTMLElement) => {
    this.#region = region;
    const onScroll = () => this.#judge();
    region.addEventListener("scroll", onScroll, { passive: true });
    const sizes = new ResizeObserver(() => this.#stick());
    sizes.observe(region);
    return () => {
      region.removeEventListener("scroll", onScroll);
      sizes.disconnect();
      this.#region = undefined;
    };
  };

  /** For the content that grows inside. */
  readonly watch = (content: HTMLElement) => {
    const sizes = new ResizeObserver(() => this.#stick());
    sizes.observe(content);
    return () => sizes.disconnect();
  };

  /** Goes to the end and stays there. */
  follow(): void {
    this.isFollowing = true;
    this.#stick();
  }

  /** Stays where the reader is, or is taken, until they come to the end. */
  letGo(): void {
    this.isFollowing = false;
  }

  #stick(): void {
    const region = this.#region;
    if (region === undefined) return;
    if (this.isFollowing) {
      region.scrollTop = region.scrollHeight;
      this.#lastTop = region.scrollTop;
    }
    this.hasMore = !isNearEnd(region);
  }

  #judge(): void {
    const region = this.#region;
    if (region === undefined) return;
    const top = region.scrollTop;
    this.hasMore = !isNearEnd(region);
    // Growing content moves the end away, not the reader: only a movement upwards lets go.
    if (!this.hasMore) this.isFollowing = true;
    else if (top < this.#lastTop - 1) this.isFollowing = false;
    this.#lastTop = top;
  }
}

function isNearEnd({ scrollHeight, scrollTop, clientHeight }: HTMLElement): boolean {
  return scrollHeight - scrollTop - clientHeight <= NEAR_END;
}
