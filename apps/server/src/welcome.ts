import type { App } from "./app/mod.ts";
import { forwardedUrl } from "./forwarded_url.ts";

/** Prints where the console is, how to sign in for the first time, and what is still to be set, in both languages. */
export function printWelcome({ config, url, signInCode }: App, environment: NodeJS.ProcessEnv): void {
  const address = forwardedUrl(environment, url) ?? url;
  const lines = ["", `  CogniForge   ${address}`, ""];
  if (signInCode !== undefined) {
    lines.push(`  One-time sign-in code   ${signInCode}`, `  رمز الدخول لمرة واحدة   ${signInCode}`, "");
  }
  if (config.hints.length > 0) {
    lines.push(
      config.isMockAllowed
        ? "  Only trial answers can be given. For real ones set one of these (environment or .env):"
        : "  No provider is set yet. Set one of these (environment or .env):",
    );
    for (const { variable, effect, state } of config.hints) {
      lines.push(`    ${variable}   ${effect.en}${state === "placeholder" ? " (still a placeholder)" : ""}`);
    }
    lines.push(
      "",
      config.isMockAllowed
        ? "  لا تُعطى الآن إلا إجابات تجريبية. للحصول على إجابات حقيقية عيّن أحد هذه المتغيرات (في البيئة أو في ‎.env):"
        : "  لم يُعيَّن أي مزوّد بعد. عيّن أحد هذه المتغيرات (في البيئة أو في ‎.env):",
    );
    for (const { variable, effect, state } of config.hints) {
      lines.push(`    ${variable}   ${effect.ar}${state === "placeholder" ? " (ما زالت القيمة نموذجية)" : ""}`);
    }
    lines.push("");
  }
  for (const { en, ar } of config.notices) lines.push(`  ! ${en}`, `  ! ${ar}`);
  process.stdout.write(`${lines.join("\n")}\n`);
}
