import { expectNoBarrier } from "./support/barriers.ts";
import { ADMIN, ConsoleServer, WITH_ADMIN } from "./support/console_server.ts";
import { composer, expect, test } from "./support/pages.ts";
import { LOCALES, wordsOf } from "./support/words.ts";

for (const locale of LOCALES) {
  const say = wordsOf(locale);
  const sayOther = wordsOf(locale === "ar" ? "en" : "ar");
  const [direction, otherDirection] = locale === "ar" ? ["rtl", "ltr"] : ["ltr", "rtl"];

  test.describe(`in ${locale}`, () => {
    test.use({ locale });

    let server: ConsoleServer;

    test.beforeAll(async () => {
      server = await ConsoleServer.start();
    });

    test.afterAll(async () => {
      await server[Symbol.asyncDispose]();
    });

    test("a new server is set up, signed in to, and says in both languages what to set", async ({ page }) => {
      await page.goto(`${server.url}/c/anything`);
      await expect(page).toHaveURL(`${server.url}/setup`);
      await expect(page.locator("html")).toHaveAttribute("dir", direction);
      await expect(page.getByRole("heading", { name: say("setup_title") })).toBeVisible();

      await page.locator("button[type=submit]").click();
      await expect(page.getByText(say("field_required"))).toHaveCount(4);
      await expectNoBarrier(page);

      await page.locator("#code").fill("AAAA-AAAA");
      await page.locator("#name").fill(ADMIN.name);
      await page.locator("#email").fill(ADMIN.email);
      await page.locator("#password").fill(ADMIN.password);
      await page.locator("button[type=submit]").click();
      await expect(page.getByRole("alert")).toContainText(/رمز|code/i);

      await page.locator("#code").fill(server.code ?? "");
      await page.locator("button[type=submit]").click();
      await expect(composer(page)).toBeVisible();

      const banner = page.getByRole("region", { name: say("banner_no_target") });
      await expect(banner).toContainText("OPENROUTER_API_KEY");
      await expect(banner).toContainText("LLM_BASE_URL");

      await composer(page).fill("draft");
      await page.getByRole("button", { name: say("language_switch_label") }).click();
      await expect(page.locator("html")).toHaveAttribute("dir", otherDirection);
      await expect(page.getByRole("region", { name: sayOther("banner_no_target") })).toContainText(
        "OPENROUTER_API_KEY",
      );
      await expect(composer(page)).toHaveValue("draft");
    });

    test("a question without any provider fails with its remedy and a button to ask again", async ({ page }) => {
      await page.goto(server.url);
      await page.locator("#email").fill(ADMIN.email);
      await page.locator("#password").fill(ADMIN.password);
      await page.locator("button[type=submit]").click();
      await composer(page).fill("hello");
      await composer(page).press("Enter");
      const note = page.getByRole("alert");
      await expect(note).toContainText("OPENROUTER_API_KEY");
      await expect(note.getByRole("button")).toBeVisible();
    });

    test("a session is needed, ends with signing out, and a wrong password is told", async ({ page }) => {
      await page.goto(`${server.url}/c/some-conversation`);
      await expect(page).toHaveURL(`${server.url}/login?next=${encodeURIComponent("/c/some-conversation")}`);
      await page.locator("#email").fill(ADMIN.email);
      await page.locator("#password").fill("wrong password");
      await page.locator("button[type=submit]").click();
      await expect(page.getByRole("alert")).toHaveText(say("login_wrong"));
      await expectNoBarrier(page);

      await page.locator("#password").fill(ADMIN.password);
      await page.locator("button[type=submit]").click();
      await expect(page).toHaveURL(`${server.url}/c/some-conversation`);

      await page.goto(`${server.url}/no/such/page`);
      await expect(page.getByRole("heading", { level: 1, name: say("error_not_found") })).toBeVisible();
      await expectNoBarrier(page);
      await page.getByRole("link", { name: say("error_home") }).click();

      await page.getByRole("button", { name: say("sign_out") }).click();
      await expect(page).toHaveURL(`${server.url}/login`);
      await page.goto(server.url);
      await expect(page).toHaveURL(`${server.url}/login`);
    });
  });
}

test.describe("whatever the language", () => {
  let server: ConsoleServer;

  test.beforeAll(async () => {
    server = await ConsoleServer.start({ environment: WITH_ADMIN });
  });

  test.afterAll(async () => {
    await server[Symbol.asyncDispose]();
  });

  test("the language is the browser's, else Arabic, from the first byte", async ({ request }) => {
    const first = async (language: string) =>
      (await request.get(`${server.url}/login`, { headers: { "accept-language": language } })).text();
    expect(await first("en-GB,en;q=0.9")).toContain('<html lang="en" dir="ltr"');
    expect(await first("ar-EG")).toContain('<html lang="ar" dir="rtl"');
    expect(await first("fr-FR,fr;q=0.9")).toContain('<html lang="ar" dir="rtl"');
  });

  test("the theme that was chosen is there from the first byte, without any inline script", async ({ page }) => {
    await page.goto(`${server.url}/login`);
    await page.getByRole("radio", { name: "داكن" }).check({ force: true });
    const reply = await page.reload();
    expect(await reply?.text()).toContain('data-theme="dark"');
    expect(reply?.headers()["content-security-policy"]).not.toContain("unsafe-inline");
    expect(await page.evaluate(() => getComputedStyle(document.documentElement).colorScheme)).toBe("dark");
    await expect(page.getByRole("radio", { name: "داكن" })).toBeChecked();
  });

  test("where motion is reduced, every element has the other theme's colours at once", async ({ page }) => {
    await page.emulateMedia({ reducedMotion: "reduce" });
    await page.goto(`${server.url}/login`);
    const { atOnce, later } = await page.evaluate(async () => {
      const colors = () => [...document.body.querySelectorAll("*")].map((one) => getComputedStyle(one).color);
      // Looked at, so that there is something to change from.
      colors();
      document.documentElement.dataset.theme = "dark";
      const atOnce = colors();
      for (let frame = 0; frame < 20; frame++) await new Promise(requestAnimationFrame);
      return { atOnce, later: colors() };
    });
    expect(atOnce.length).toBeGreaterThan(20);
    expect(atOnce).toEqual(later);
  });

  test("a theme that was chosen before the page worked is taken up", async ({ page }) => {
    const { promise: released, resolve: release } = Promise.withResolvers<void>();
    await page.route("**/_app/immutable/entry/**", async (route) => {
      await released;
      await route.continue();
    });
    await page.goto(`${server.url}/login`, { waitUntil: "commit" });
    await page.getByRole("radio", { name: "داكن" }).check({ force: true });
    release();
    await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
    const reply = await page.reload();
    expect(await reply?.text()).toContain('data-theme="dark"');
  });
});
