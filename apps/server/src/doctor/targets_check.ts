import { RouteBook } from "../providers/route_book.ts";
import { createTransport } from "../providers/transport.ts";
import type { TargetStatus } from "../services.ts";
import { asTheyCome } from "./as_they_come.ts";
import type { CheckResult } from "./check.ts";
import { say } from "./check.ts";
import { ClockProbe } from "./clock_check.ts";
import type { Patient } from "./patient.ts";
import { probeTarget } from "./probe_target.ts";

/** Calls at the same time: enough for any set-up of today, few enough not to be taken for an attack. */
const MAX_AT_ONCE = 8;

/** Every target of every route, by a real streamed call; then the clock, by the dates in the replies. */
export async function* checkTargets({ config, signal }: Patient): AsyncGenerator<CheckResult> {
  if (config === undefined) {
    const message = say("Targets are tried once the configuration is right", "تُجرَّب الأهداف بعد تصحيح الإعدادات");
    yield { id: "targets", status: "skipped", message };
    return;
  }
  const transport = createTransport();
  try {
    const clock = new ClockProbe(transport.fetch);
    const book = new RouteBook(config, clock.fetch);
    const targets = distinct(book.list().flatMap((route) => route.targets));
    yield* summary(targets, config.hints);
    const probe = (target: TargetStatus) => {
      const provider = book.providers.get(target.provider);
      return probeTarget({ target, provider, configured: config.providers[target.provider], signal });
    };
    yield* asTheyCome(targets, probe, MAX_AT_ONCE);
    yield clock.result();
  } finally {
    await transport.close();
  }
}

/** Whether anything can answer at all, and whether a model stands behind it. */
function* summary(targets: readonly TargetStatus[], hints: readonly { variable: string }[]): Generator<CheckResult> {
  const usable = targets.filter(({ isUsable }) => isUsable);
  const variables = hints.map(({ variable }) => variable);
  const remedy = say(
    `Set one of these in .env or in the environment: ${variables.join(", ")}`,
    `عيّن أحد هذه المتغيرات في الملف ‎.env أو في البيئة: ${variables.join("، ")}`,
  );
  if (usable.length === 0) {
    const message = say("No provider is set: nothing can answer", "لم يُعيَّن أي مزوّد: لا شيء يستطيع الإجابة");
    yield { id: "targets", status: "error", message, remedy, details: { usable: 0 } };
  } else if (usable.every(({ isTrial }) => isTrial)) {
    const message = say(
      "Only trial answers can be given: no model stands behind them",
      "لا تُعطى إلا إجابات تجريبية: لا نموذج وراءها",
    );
    yield { id: "targets", status: "warning", message, remedy, details: { usable: usable.length, trial: true } };
  } else {
    const message = say(
      `Targets that can be asked: ${usable.length}`,
      `عدد الأهداف التي يمكن سؤالها: ${usable.length}`,
    );
    yield { id: "targets", status: "ok", message, details: { usable: usable.length } };
  }
}

function distinct(targets: readonly TargetStatus[]): TargetStatus[] {
  return [...new Map(targets.map((target) => [`${target.provider}/${target.model}`, target])).values()];
}
