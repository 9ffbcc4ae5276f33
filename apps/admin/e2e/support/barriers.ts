import { AxeBuilder } from "@axe-core/playwright";
import { expect, type Page } from "@playwright/test";

/**
 * No page wider than its screen and nothing that axe complains of, on a desk and on a phone, light and dark.
 */
export async function expectNoBarrier(page: Page): Promise<void> {
  for (const width of [1280, 390]) {
    await page.setViewportSize({ width, height: 844 });
    const overflow = await page.evaluate(() => {
      const scroller = document.querySelector("main .scroller") ?? document.documentElement;
      return scroller.scrollWidth - scroller.clientWidth;
    });
    expect(overflow, `${width} px`).toBe(0);
    await expectNoBarrierIn(page, "html", `${width} px`);
  }
  await page.setViewportSize({ width: 1280, height: 800 });
}

/** Nothing that axe complains of in the dialog that is open, light and dark. */
export const expectNoBarrierInDialog = (page: Page) => expectNoBarrierIn(page, "dialog[open]");

/** Nothing that axe complains of in what a selector finds, light and dark. */
export async function expectNoBarrierIn(page: Page, selector: string, where = selector): Promise<void> {
  for (const colorScheme of ["light", "dark"] as const) {
    // Colours that are still on their way to the other scheme are nobody's.
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    const { violations } = await new AxeBuilder({ page }).include(selector).analyze();
    expect(
      violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`),
      `${where}, ${colorScheme}`,
    ).toEqual([]);
  }
  await page.emulateMedia({ colorScheme: null, reducedMotion: null });
}
