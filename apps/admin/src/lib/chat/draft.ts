const PREFIX = "cf_draft:";

/** Key of the question that would open a conversation. */
export const NEW_DRAFT = "new";

// A browser may forbid storage altogether; a draft is not worth an error.
function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}

/** The question that was being written in a conversation, in this tab. */
export function keptDraft(key: string): string {
  return attempt(() => sessionStorage.getItem(PREFIX + key)) ?? "";
}

/** Keeps a question for as long as the tab lives. */
export function keepDraft(key: string, text: string): void {
  attempt(() => {
    if (text === "") sessionStorage.removeItem(PREFIX + key);
    else sessionStorage.setItem(PREFIX + key, text);
  });
}

/** What was written while a conversation had no id yet goes with it. */
export function moveDraft(from: string, to: string): void {
  const text = keptDraft(from);
  keepDraft(from, "");
  keepDraft(to, text);
}
