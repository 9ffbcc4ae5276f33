/** The address under which a Codespace forwards a local one's port; `undefined` elsewhere. */
export function forwardedUrl(
  environment: Readonly<Record<string, string | undefined>>,
  url: string,
): string | undefined {
  const { CODESPACE_NAME, GITHUB_CODESPACES_PORT_FORWARDING_DOMAIN } = environment;
  if (!CODESPACE_NAME) return undefined;
  const domain = GITHUB_CODESPACES_PORT_FORWARDING_DOMAIN || "app.github.dev";
  return `https://${CODESPACE_NAME}-${new URL(url).port}.${domain}`;
}
