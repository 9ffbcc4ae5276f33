/** With these Debian's Chromium runs as root, in a container and without a network, and asks nobody anything by itself. */
const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

const executablePath = process.env.COGNIFORGE_CHROMIUM;

/** How the tests start the browser: Playwright's own, or the one that the environment names. */
export const CHROMIUM_LAUNCH = { args: FLAGS, ...(executablePath ? { executablePath } : {}) };
