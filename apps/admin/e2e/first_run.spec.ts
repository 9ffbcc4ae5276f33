import { ADMIN, ConsoleServer } from "./support/console_server.ts";
import { composer, expect, test } from "./support/pages.ts";

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
  await expect(page.locator("html")).toHaveAttribute("dir", "rtl");
  await expect(page.getByRole("heading", { name: "التشغيل الأول" })).toBeVisible();

  await page.locator("button[type=submit]").click();
  await expect(page.getByText("املأ هذا الحقل")).toHaveCount(4);

  await page.locator("#code").fill("AAAA-AAAA");
  await page.locator("#name").fill(ADMIN.name);
  await page.locator("#email").fill(ADMIN.email);
  await page.locator("#password").fill(ADMIN.password);
  await page.locator("button[type=submit]").click();
  await expect(page.getByRole("alert")).toContainText("رمز");

  await page.locator("#code").fill(server.code ?? "");
  await page.locator("button[type=submit]").click();
  await expect(composer(page)).toBeVisible();

  const banner = page.getByRole("region", { name: "لم يُضبط أي مزوّد" });
  await expect(banner).toContainText("OPENROUTER_API_KEY");
  await expect(banner).toContainText("LLM_BASE_URL");

  await composer(page).fill("draft");
  await page.getByRole("button", { name: "تحويل لوحة التحكم إلى الإنجليزية" }).click();
  await expect(page.locator("html")).toHaveAttribute("dir", "ltr");
  await expect(page.getByRole("region", { name: "No provider is set" })).toContainText("OPENROUTER_API_KEY");
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
  await expect(page.getByRole("alert")).toHaveText("البريد الإلكتروني أو كلمة المرور غير صحيحة");

  await page.locator("#password").fill(ADMIN.password);
  await page.locator("button[type=submit]").click();
  await expect(page).toHaveURL(`${server.url}/c/some-conversation`);

  await page.getByRole("button", { name: "تسجيل الخروج" }).click();
  await expect(page).toHaveURL(`${server.url}/login`);
  await page.goto(server.url);
  await expect(page).toHaveURL(`${server.url}/login`);
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
});
