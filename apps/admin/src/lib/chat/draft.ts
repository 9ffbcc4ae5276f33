const KEY = "cf_draft";

// A browser may forbid storage altogether; a draft is not worth an error.
function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}

/** The question that was being written in this tab. */
export function keptDraft(): string {
  return attempt(() => sessionStorage.getItem(KEY)) ?? "";
}

/** Keeps a question for as long as the tab lives. */
export function keepDraft(text: string): void {
  attempt(() => sessionStorage.setItem(KEY, text));
}

export function forgetDraft(): void {
  attempt(() => sessionStorage.removeItem(KEY));
}
