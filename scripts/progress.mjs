const FRAMES = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];

/** Writes one thing in both languages, each on its own line, so that neither direction disturbs the other. */
export function say(english, arabic, out = process.stderr) {
  out.write(`${english}\n${arabic}\n`);
}

/**
 * Shows that a long step is alive: elapsed seconds in place on a terminal, a plain line every five seconds elsewhere.
 *
 * @returns A function that ends the showing and gives the elapsed seconds.
 */
export function showProgress({ english, arabic, out = process.stderr, now = Date.now }) {
  const began = now();
  const elapsed = () => Math.round((now() - began) / 1000);
  say(`${english}…`, `${arabic}…`, out);
  let frame = 0;
  const timer = out.isTTY
    ? setInterval(() => out.write(`\r${FRAMES[frame++ % FRAMES.length]} ${elapsed()} s `), 100)
    : setInterval(() => out.write(`  … ${elapsed()} s\n`), 5000);
  return () => {
    clearInterval(timer);
    if (out.isTTY) out.write("\r\x1b[K");
    return elapsed();
  };
}
