import type { Page } from "@playwright/test";

/**
 * Waits until a change of colours or of room has been painted: styles follow it frame by frame, and a transition takes at least one more,
 * also where motion is reduced.
 */
export async function settled(page: Page): Promise<void> {
  await page.evaluate(async () => {
    await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
    await Promise.allSettled(document.getAnimations().map(({ finished }) => finished));
  });
}
