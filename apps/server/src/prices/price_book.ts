import type { Price } from "@cogniforge/core/metrics";
import { presetAt } from "@cogniforge/core/providers";
import type { ProviderConfig } from "../config/mod.ts";
import { readPriceTable } from "./price_table.ts";

interface Entry {
  pattern: RegExp;
  price: Price;
}

const TABLE = entriesOf(readPriceTable());

/** What targets cost: by what the operator wrote, else by the table that is built in. */
export class PriceBook {
  readonly #own: readonly Entry[];

  /** @param own The operator's prices, by patterns of `provider/model` or `model`. */
  constructor(own: Readonly<Record<string, Price>>) {
    this.#own = entriesOf(new Map(Object.entries(own)));
  }

  /**
   * The price of a target, or `undefined` where none is known.
   *
   * The operator's prices go by the model's name as it is asked for or as the upstream gives it. The table goes by the latter, as
   * a name that moves along may have become another model, and only for a provider that is a known one.
   *
   * @param modelReported The model's name as the upstream gave it, if it did.
   */
  priceOf(provider: ProviderConfig, model: string, modelReported = model): Price | undefined {
    const names = [`${provider.name}/${model}`, `${provider.name}/${modelReported}`, model, modelReported];
    const own = find(this.#own, names);
    if (own !== undefined) return own;
    const known = provider.preset ?? nameAt(provider.baseUrl);
    return known === undefined ? undefined : find(TABLE, [`${known}/${modelReported}`]);
  }
}

function nameAt(baseUrl: string | undefined): string | undefined {
  return baseUrl === undefined ? undefined : presetAt(new URL(baseUrl))?.name;
}

/** The entries, the most exact first: more characters that are not `*`, then fewer `*`. */
function entriesOf(prices: ReadonlyMap<string, Price>): Entry[] {
  return [...prices]
    .sort(([a], [b]) => exactness(b) - exactness(a))
    .map(([pattern, price]) => ({ pattern: patternOf(pattern), price }));
}

function exactness(pattern: string): number {
  const stars = pattern.split("*").length - 1;
  return 2 * (pattern.length - stars) - (stars > 0 ? 1 : 0);
}

function patternOf(pattern: string): RegExp {
  const literal = pattern.split("*").map((part) => part.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, "\\$&"));
  return new RegExp(`^${literal.join(".*")}$`, "s");
}

function find(entries: readonly Entry[], names: readonly string[]): Price | undefined {
  return entries.find(({ pattern }) => names.some((name) => pattern.test(name)))?.price;
}
