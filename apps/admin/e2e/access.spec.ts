import type { Page } from "@playwright/test";
import { expectNoBarrier, expectNoBarrierInDialog } from "./support/barriers.ts";
import { ADMIN, ConsoleServer, WITH_ADMIN } from "./support/console_server.ts";
import { composer, expect, signIn, test } from "./support/pages.ts";
import { wordsOf } from "./support/words.ts";

const MEMBER = { name: "Maryam", email: "maryam@example.com", password: "another long password" };

// Four looks by axe and several slow hashes of passwords take their time where two cores have other work too.
test.setTimeout(120_000);

const NEW_PASSWORD = "a third long password";

const LANGUAGES = [
  {
    locale: "ar" as const,
    keys: "مفاتيح API",
    newKey: "مفتاح جديد",
    name: "الموقع",
    limits: "الحدود والميزانيات",
    required: "املأ هذا الحقل",
    wrongNumber: "عدد صحيح لا يقل عن 1، أو اتركه فارغًا",
    create: "إنشاء المفتاح",
    copy: "نسخ المفتاح",
    copied: "نسختُه",
    revoke: "إلغاء المفتاح",
    never: "لم يُستعمل",
    edit: "تعديل",
    save: "حفظ",
    users: "المستخدمون",
    newUser: "مستخدم جديد",
    createUser: "إنشاء المستخدم",
    makeMember: "جعله عضوًا",
    lastAdministrator: "هذا آخر مدير",
    disable: "تعطيل",
    account: "حسابي",
    change: "تغيير كلمة المرور",
    changed: "تغيّرت كلمة المرور",
  },
  {
    locale: "en" as const,
    keys: "API keys",
    newKey: "New key",
    name: "Website",
    limits: "Limits and budgets",
    required: "Fill in this field",
    wrongNumber: "A whole number of at least 1, or empty",
    create: "Create the key",
    copy: "Copy the key",
    copied: "I have copied it",
    revoke: "Revoke",
    never: "Never",
    edit: "Change",
    save: "Save",
    users: "Users",
    newUser: "New user",
    createUser: "Create the user",
    makeMember: "Make member",
    lastAdministrator: "This is the last administrator",
    disable: "Disable",
    account: "My account",
    change: "Change the password",
    changed: "The password was changed",
  },
];

function ask(server: ConsoleServer, key: string): Promise<Response> {
  return fetch(`${server.url}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${key}` },
    body: JSON.stringify({ model: "default", messages: [{ role: "user", content: "Q" }] }),
  });
}

function signInOverHttp(server: ConsoleServer, email: string, password: string): Promise<Response> {
  return fetch(`${server.url}/api/auth/sign-in/email`, {
    method: "POST",
    headers: { "content-type": "application/json", origin: server.url },
    body: JSON.stringify({ email, password }),
  });
}

async function signInAs(page: Page, server: ConsoleServer, email: string, password: string): Promise<void> {
  await page.context().clearCookies();
  await page.goto(`${server.url}/login`);
  await page.locator("#email").fill(email);
  await page.locator("#password").fill(password);
  await page.locator("button[type=submit]").click();
  await expect(composer(page)).toBeVisible();
}

for (const text of LANGUAGES) {
  const say = wordsOf(text.locale);

  test.describe(text.locale, () => {
    test.use({ locale: text.locale, permissions: ["clipboard-read", "clipboard-write"] });

    test("a key is made, copied, used against /v1, bounded, revoked and refused", async ({ page }) => {
      await using server = await ConsoleServer.start({ environment: { ...WITH_ADMIN, ALLOW_MOCK_LLM: "true" } });
      await signIn(page, server);
      await page.getByRole("link", { name: text.keys }).click();
      await expect(page.getByRole("heading", { level: 1, name: text.keys })).toBeVisible();

      await page.getByRole("button", { name: text.newKey }).press("Enter");
      const dialog = page.locator("dialog[open]:not(.drawer)");
      await page.getByRole("button", { name: text.create }).click();
      await expect(dialog.getByText(text.required)).toBeVisible();
      await page.locator("#key-name").fill(text.name);
      await page.getByText(text.limits, { exact: true }).click();
      await page.locator("#key-requestsPerMinute").fill("0");
      await page.getByRole("button", { name: text.create }).click();
      await expect(dialog.getByText(text.wrongNumber)).toBeVisible();
      await page.locator("#key-requestsPerMinute").fill(text.locale === "ar" ? "٢" : "2");
      await page.getByRole("checkbox", { name: "default" }).check();
      await expectNoBarrierInDialog(page);
      await page.getByRole("button", { name: text.create }).click();

      await page.getByRole("button", { name: text.copy }).click();
      const key = await page.evaluate(() => navigator.clipboard.readText());
      expect(key).toMatch(/^cf-[\w-]{43}$/);
      await expect(dialog.locator("input")).toHaveValue(key);
      await expectNoBarrierInDialog(page);
      await page.getByRole("button", { name: text.copied }).click();
      const card = page.locator("li[data-key]");
      await expect(card).toHaveCount(1);
      await expect(page.locator("body")).not.toContainText(key);
      await expect(card.locator('[data-fact="last-used"]')).toContainText(text.never);

      expect((await ask(server, key)).status).toBe(200);
      expect((await ask(server, key)).status).toBe(200);
      const refused = await ask(server, key);
      expect([refused.status, (await refused.json()).error.code]).toEqual([429, "too-many-requests"]);
      await page.reload();
      await expect(card.locator('[data-fact="last-used"]')).not.toContainText(text.never);
      await expect(card.locator('[data-fact="answers"] dd')).toHaveText("2");
      await expectNoBarrier(page);

      await card.getByRole("button", { name: text.edit }).click();
      await expect(page.locator("#key-requestsPerMinute")).toHaveValue("2");
      await page.locator("#key-requestsPerMinute").fill("");
      await page.getByRole("button", { name: text.save }).click();
      await expect(card.locator('[data-fact="requests-per-minute"]')).toHaveCount(0);
      expect((await ask(server, key)).status).toBe(200);

      await card.getByRole("button", { name: text.revoke }).click();
      await dialog.getByRole("button", { name: text.revoke }).click();
      await expect(card).toHaveAttribute("data-state", "revoked");
      const gone = await ask(server, key);
      expect([gone.status, (await gone.json()).error.code]).toEqual([401, "key-revoked"]);
    });

    test("a user is made, sees no administrator's page, and is disabled", async ({ page }) => {
      await using server = await ConsoleServer.start({ environment: { ...WITH_ADMIN, ALLOW_MOCK_LLM: "true" } });
      await signIn(page, server);
      await page.getByRole("link", { name: text.users }).click();
      await page.getByRole("button", { name: text.newUser }).click();
      await expectNoBarrierInDialog(page);
      await page.locator("#user-name").fill(MEMBER.name);
      await page.locator("#user-email").fill(MEMBER.email);
      await page.locator("#user-password").fill(MEMBER.password);
      await page.getByRole("button", { name: text.createUser }).click();
      const member = page.locator(`[data-user="${MEMBER.email}"]`);
      await expect(member).toHaveAttribute("data-role", "member");
      await expectNoBarrier(page);

      const self = page.locator(`[data-user="${ADMIN.email}"]`);
      await self.getByRole("button", { name: text.makeMember }).click();
      const dialog = page.locator("dialog[open]:not(.drawer)");
      await dialog.getByRole("button", { name: text.makeMember }).click();
      await expect(dialog.getByText(text.lastAdministrator)).toBeVisible();
      await expectNoBarrierInDialog(page);
      await page.keyboard.press("Escape");
      // Closed, it gives the focus back to where it came from.
      await expect(self.getByRole("button", { name: text.makeMember })).toBeFocused();

      await signInAs(page, server, MEMBER.email, MEMBER.password);
      await expect(page.getByRole("link", { name: text.keys })).toBeVisible();
      await expect(page.getByRole("link", { name: text.users })).toHaveCount(0);
      for (const path of ["/users", "/providers"]) {
        const response = await page.goto(`${server.url}${path}`);
        expect(response?.status(), path).toBe(403);
      }
      await expect(page.getByRole("heading", { level: 1, name: say("error_forbidden") })).toBeVisible();
      await expectNoBarrier(page);
      await signInAs(page, server, ADMIN.email, ADMIN.password);
      await page.goto(`${server.url}/users`);
      await member.getByRole("button", { name: text.disable }).click();
      await dialog.getByRole("button", { name: text.disable }).click();
      await expect(dialog).toHaveCount(0);
      const refused = await signInOverHttp(server, MEMBER.email, MEMBER.password);
      expect(refused.status).toBe(403);
    });

    test("the own password is changed, and the old one opens nothing any more", async ({ page }) => {
      await using server = await ConsoleServer.start({ environment: { ...WITH_ADMIN, ALLOW_MOCK_LLM: "true" } });
      await signIn(page, server);
      await page.getByRole("link", { name: text.account }).click();
      await expect(page.getByRole("heading", { level: 1, name: text.account })).toBeVisible();
      await expectNoBarrier(page);
      await page.locator("#current-password").fill("wrong");
      await page.locator("#new-password").fill(NEW_PASSWORD);
      await page.getByRole("button", { name: text.change }).click();
      await expect(page.getByRole("alert")).toBeVisible();
      await page.locator("#current-password").fill(ADMIN.password);
      await page.getByRole("button", { name: text.change }).click();
      await expect(page.getByText(text.changed)).toBeVisible();
      expect((await signInOverHttp(server, ADMIN.email, ADMIN.password)).status).toBe(401);
      expect((await signInOverHttp(server, ADMIN.email, NEW_PASSWORD)).status).toBe(200);
    });
  });
}
