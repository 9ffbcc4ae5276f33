/** Brings a footnote of the same answer into sight, from one of its marks. */
export function showFootnote(mark: HTMLElement, label: string): void {
  const note = mark.closest(".markdown")?.querySelector<HTMLElement>(`[data-footnote="${CSS.escape(label)}"]`);
  note?.scrollIntoView({ block: "center" });
  note?.focus({ preventScroll: true });
}
