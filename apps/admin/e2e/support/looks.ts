import { mkdir } from "node:fs/promises";
import type { Page } from "@playwright/test";

const DESK = { width: 1280, height: 800 };
const PHONE = { width: 390, height: 844 };

/** Pages are shown whole up to this height, in pixels. */
const HIGHEST = 1_200;

interface Look {
  language: string;
  colorScheme: "light" | "dark";
  size: typeof DESK;
}

/** Each language on a desk and on a phone, each scheme in both of them. */
const CHOSEN: readonly Look[] = [
  { language: "ar", colorScheme: "light", size: DESK },
  { language: "en", colorScheme: "dark", size: DESK },
  { language: "ar", colorScheme: "dark", size: PHONE },
  { language: "en", colorScheme: "light", size: PHONE },
];

const ALL: readonly Look[] = ["ar", "en"].flatMap((language) =>
  (["light", "dark"] as const).flatMap((colorScheme) => [DESK, PHONE].map((size) => ({ language, colorScheme, size }))),
);

/**
 * Keeps pictures of a page in the folder that `COGNIFORGE_SCREENSHOTS` names, as `<name>_<language>_<scheme>_<width>.png`:
 * those of the documentation, or with `COGNIFORGE_SCREENSHOTS_ALL=1` every combination.
 */
export async function keepLooks(page: Page, name: string, { isWhole = true } = {}): Promise<void> {
  const folder = process.env.COGNIFORGE_SCREENSHOTS;
  if (!folder) return;
  await mkdir(folder, { recursive: true });
  const language = await page.locator("html").getAttribute("lang");
  const looks = process.env.COGNIFORGE_SCREENSHOTS_ALL === "1" ? ALL : CHOSEN;
  for (const look of looks.filter((one) => one.language === language)) {
    const { colorScheme, size } = look;
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await page.setViewportSize(size);
    if (isWhole) await page.setViewportSize({ ...size, height: await wholeHeight(page, size.height) });
    // Charts are painted anew when their room changes.
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
    await page.screenshot({
      path: `${folder}/${name}_${language}_${colorScheme}_${size.width}.png`,
      animations: "disabled",
      caret: "hide",
    });
  }
  await page.emulateMedia({ colorScheme: null, reducedMotion: null });
  await page.setViewportSize(DESK);
}

/** The height at which nothing in the middle of the page needs scrolling, within bounds. */
async function wholeHeight(page: Page, atLeast: number): Promise<number> {
  const hidden = await page.evaluate(() => {
    const scroller = document.querySelector("main .scroller") ?? document.scrollingElement;
    return scroller === null ? 0 : scroller.scrollHeight - scroller.clientHeight;
  });
  return Math.min(atLeast + hidden, HIGHEST);
}
