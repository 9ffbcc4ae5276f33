import ar from "../../messages/ar.json" with { type: "json" };
import en from "../../messages/en.json" with { type: "json" };

export type Locale = "ar" | "en";
export const LOCALES: readonly Locale[] = ["ar", "en"];

type Key = Exclude<keyof typeof en, "$schema">;

/** What the console says, from its own messages, with the gaps filled. */
export function wordsOf(locale: Locale): (key: Key, gaps?: Record<string, string>) => string {
  const messages: Record<string, string> = { ar, en }[locale];
  return (key, gaps = {}) => (messages[key] ?? "").replace(/\{(\w+)\}/g, (_, name: string) => gaps[name] ?? "");
}
