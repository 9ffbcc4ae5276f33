/** The same text with Latin digits: Arabic keyboards write ٠ to ٩, Persian ones ۰ to ۹. */
export function latinDigits(text: string): string {
  return text.replace(/[٠-٩۰-۹]/g, (digit) => String(digit.charCodeAt(0) & 0xf));
}
