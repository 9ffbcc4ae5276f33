const SCHEMES = new Set(["http:", "https:", "mailto:"]);

/** The address of a link that may be followed; `undefined` for every other scheme and for addresses inside this console. */
export function linkTarget(href: string): string | undefined {
  try {
    const url = new URL(href);
    return SCHEMES.has(url.protocol) ? url.href : undefined;
  } catch {
    return undefined;
  }
}
