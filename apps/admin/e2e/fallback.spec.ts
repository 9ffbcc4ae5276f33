import { ConsoleServer, WITH_ADMIN } from "./support/console_server.ts";
import { configOf, FakeOpenAi } from "./support/fake_openai.ts";
import { ask, expect, expectPhase, lastAnswer, lastText, signIn, test } from "./support/pages.ts";

test("a provider that refuses connections is information, and the next one answers", async ({ page }) => {
  await using fake = await FakeOpenAi.start();
  await using gone = await FakeOpenAi.start();
  const { baseUrl } = gone;
  await gone[Symbol.asyncDispose]();
  await using server = await ConsoleServer.start({
    environment: WITH_ADMIN,
    config: configOf({ gateway: baseUrl, backup: fake.baseUrl }),
  });
  await signIn(page, server);
  fake.play({ pieces: ["From the ", "backup"] });
  await ask(page, "who answers?");
  await expectPhase(page, "completed");
  await expect(lastText(page)).toHaveText("From the backup");
  const trail = lastAnswer(page).locator("details.trail");
  await expect(trail.locator("summary")).toContainText("gateway");
  await trail.locator("summary").click();
  await expect(trail.locator("li")).toHaveCount(2);
  await expect(trail.locator("li").nth(0)).toContainText("فشلت");
  await expect(trail.locator("li").nth(1)).toContainText("أجابت");
  await expect(lastAnswer(page).getByRole("alert")).toHaveCount(0);
});

test("a trial answer streams, says that it is one, and is still there after a reload", async ({ page }) => {
  await using server = await ConsoleServer.start({ environment: { ...WITH_ADMIN, ALLOW_MOCK_LLM: "true" } });
  await signIn(page, server);
  await expect(page.getByRole("region", { name: "إجابات تجريبية فقط" })).toBeVisible();
  await ask(page, "ما هذا؟");
  await expectPhase(page, "completed");
  await expect(lastAnswer(page)).toContainText("إجابة تجريبية");
  const text = await lastText(page).textContent();
  await page.reload();
  await expectPhase(page, "completed");
  expect(await lastText(page).textContent()).toBe(text);
});

test("a server that is gone is told as such, and the question is sent once it is back", async ({ page }) => {
  await using server = await ConsoleServer.start({ environment: { ...WITH_ADMIN, ALLOW_MOCK_LLM: "true" } });
  await signIn(page, server);
  await page.route("**/trpc/answers.start*", (route) => route.abort("connectionrefused"));
  await page.clock.install();
  await ask(page, "are you there?");
  await expect
    .poll(async () => {
      await page.clock.runFor(5_000);
      return lastAnswer(page).getAttribute("data-phase");
    })
    .toBe("unreachable");
  await expect(page.locator(".strip")).toContainText("تعذّر الاتصال بالخادم");
  await page.unroute("**/trpc/answers.start*");
  await page.clock.resume();
  await lastAnswer(page).getByRole("button", { name: "حاول مجددًا" }).click();
  await expectPhase(page, "completed");
});
