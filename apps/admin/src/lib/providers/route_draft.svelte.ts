import type { RouteProblem, RouteSetup } from "#lib/api/administration_api.ts";
import { latinDigits } from "#lib/i18n/latin_digits.ts";

/** The numbers of a route, by their paths in the configuration file. */
export const ROUTE_NUMBERS = [
  "timeouts.connectMs",
  "timeouts.firstTokenMs",
  "timeouts.idleMs",
  "timeouts.totalMs",
  "maxRetries",
  "hedgeAfterMs",
] as const;
export type RouteNumber = (typeof ROUTE_NUMBERS)[number];

export interface DraftTarget {
  /** Tells it from the others, whatever its place. */
  key: number;
  provider: string;
  model: string;
}

/** A route while an administrator changes it; the server alone says what is right. */
export class RouteDraft {
  #lastKey = 0;
  /** Empty for a route that is new. */
  name = $state("");
  targets = $state<DraftTarget[]>([]);
  /** As they are written; empty follows the configuration. */
  numbers = $state(Object.fromEntries(ROUTE_NUMBERS.map((name) => [name, ""])) as Record<RouteNumber, string>);
  /** Empty follows the configuration. */
  onCut = $state<"" | "continue" | "fail">("");
  problems = $state.raw<readonly RouteProblem[]>([]);

  constructor(setup?: RouteSetup) {
    const { settings, values, route = "" } = setup ?? {};
    this.name = route;
    for (const { provider, model } of settings?.targets ?? values?.targets ?? []) this.add(provider, model);
    if (settings === undefined) return;
    const { timeouts = {}, maxRetries, hedgeAfterMs, onCut = "" } = settings;
    const set: Record<RouteNumber, number | null | undefined> = {
      "timeouts.connectMs": timeouts.connectMs,
      "timeouts.firstTokenMs": timeouts.firstTokenMs,
      "timeouts.idleMs": timeouts.idleMs,
      "timeouts.totalMs": timeouts.totalMs,
      maxRetries,
      hedgeAfterMs,
    };
    for (const name of ROUTE_NUMBERS) this.numbers[name] = String(set[name] ?? "");
    this.onCut = onCut;
  }

  add(provider: string, model = ""): void {
    this.#lastKey += 1;
    this.targets.push({ key: this.#lastKey, provider, model });
    this.#forget();
  }

  remove(index: number): void {
    this.targets.splice(index, 1);
    this.#forget();
  }

  /** Moves a target to another place; the others close up. */
  move(from: number, to: number): void {
    const [target] = this.targets.splice(from, 1);
    if (target !== undefined) this.targets.splice(to, 0, target);
    this.#forget();
  }

  /** What is wrong at a path, or `undefined`. */
  problemAt(path: string): RouteProblem["message"] | undefined {
    return this.problems.find((problem) => problem.path === path)?.message;
  }

  /** The route as the configuration file would have it. What is no number goes as it is, so that the server says so. */
  settings(): Record<string, unknown> {
    const numbers = ROUTE_NUMBERS.flatMap((name) => {
      const text = latinDigits(this.numbers[name].trim());
      return text === "" ? [] : [[name, /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text] as const];
    });
    const timeouts = numbers.flatMap(([name, value]) =>
      name.startsWith("timeouts.") ? [[name.slice("timeouts.".length), value] as const] : [],
    );
    return {
      targets: this.targets.map(({ provider, model }) => ({ provider, model: model.trim() })),
      ...Object.fromEntries(numbers.filter(([name]) => !name.startsWith("timeouts."))),
      ...(timeouts.length > 0 && { timeouts: Object.fromEntries(timeouts) }),
      ...(this.onCut !== "" && { onCut: this.onCut }),
    };
  }

  /** Paths name places, and the places have changed. */
  #forget(): void {
    this.problems = [];
  }
}
