import type { CheckResult } from "./check.ts";
import { checkConfiguration } from "./configuration_check.ts";
import { checkLocalDoors, checkPublicDoors } from "./doors_check.ts";
import { checkEnvironment } from "./environment_check.ts";
import { checkNode, checkVersions } from "./node_check.ts";
import type { Check, Patient } from "./patient.ts";
import { checkPort } from "./port_check.ts";
import { checkStore } from "./store_check.ts";
import { checkTargets } from "./targets_check.ts";
import { checkTelemetry } from "./telemetry_check.ts";

const CHECKS: readonly Check[] = [
  checkNode,
  checkVersions,
  checkEnvironment,
  checkConfiguration,
  checkStore,
  checkPort,
  checkTargets,
  checkTelemetry,
  checkLocalDoors,
  checkPublicDoors,
];

/** Does all checks side by side and yields each result as it comes; a check that breaks down is an error of its own. */
export async function* examine(patient: Patient, checks: readonly Check[] = CHECKS): AsyncGenerator<CheckResult> {
  const ready: CheckResult[] = [];
  let wake: () => void = () => {};
  let running = checks.length;
  for (const check of checks) {
    void collect(check, patient, (result) => {
      ready.push(result);
      wake();
    }).finally(() => {
      running -= 1;
      wake();
    });
  }
  while (running > 0 || ready.length > 0) {
    const result = ready.shift();
    if (result !== undefined) yield result;
    else await new Promise<void>((resolve) => (wake = resolve));
  }
}

async function collect(check: Check, patient: Patient, onResult: (result: CheckResult) => void): Promise<void> {
  try {
    for await (const result of check(patient)) onResult(result);
  } catch (error) {
    if (patient.signal.aborted) return;
    const subject = check.name.replace(/^check/, "").toLowerCase();
    const why = error instanceof Error ? error.message : String(error);
    onResult({
      id: `${subject}.check`,
      status: "error",
      message: { en: `This check could not be done: ${why}`, ar: `تعذّر إجراء هذا الفحص: ${why}` },
      remedy: {
        en: "Run it again; if it happens again, report what stands here",
        ar: "أعد الفحص؛ وإن تكرّر الخطأ فأبلغ عمّا هو مكتوب هنا",
      },
    });
  }
}
