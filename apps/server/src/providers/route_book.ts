import type { Route } from "@cogniforge/core/engine";
import type { Provider, ProviderFetch } from "@cogniforge/core/providers";
import { abilitiesOf, FaultyProvider, presetAt, presetOf } from "@cogniforge/core/providers";
import type { Config, ProviderConfig, RouteConfig } from "../config/mod.ts";
import { maskKey, resolveRoute } from "../config/mod.ts";
import { PriceBook } from "../prices/price_book.ts";
import type { ModelAbilities, RouteStatus, TargetStatus } from "../services.ts";
import { makeProvider } from "./make_provider.ts";

/** The providers and routes of one configuration; a new configuration makes a new book, and running answers keep their old one. */
export class RouteBook {
  readonly #config: Config;
  readonly #prices: PriceBook;
  /** Those that can be asked, by name; a `FaultyProvider` where drills may be held. */
  readonly providers: ReadonlyMap<string, Provider>;

  /** @param providers Those of a book whose configuration differs in its routes alone: their drills go on. */
  constructor(config: Config, fetch: ProviderFetch, providers = makeProviders(config, fetch)) {
    this.#config = config;
    this.#prices = new PriceBook(config.prices);
    this.providers = providers;
  }

  /** The route that a name means, with those targets that can be asked. */
  resolve(name: string): Route | undefined {
    const config = resolveRoute(this.#config, name);
    if (config === undefined) return undefined;
    const { timeouts, maxRetries, hedgeAfterMs, onCut } = config;
    const targets = config.targets.flatMap(({ provider: providerName, model }) => {
      const provider = this.providers.get(providerName);
      const priced = this.#config.providers[providerName];
      if (provider === undefined || priced === undefined) return [];
      return [{ provider, model, priceOf: (reported?: string) => this.#prices.priceOf(priced, model, reported) }];
    });
    const goesPastLength = this.#config.isExtreme;
    return { name: config.name, targets, timeouts, maxRetries, hedgeAfterMs, onCut, goesPastLength };
  }

  /** Whether a route has a target that can be asked; `undefined` if there is no such route. */
  isUsable(name: string): boolean | undefined {
    const route = this.resolve(name);
    return route && route.targets.length > 0;
  }

  /** All routes with their targets, keys masked. */
  list(): RouteStatus[] {
    return Object.values(this.#config.routes).map((route) => ({
      route: route.name,
      targets: route.targets.map((target) => this.#statusOf(target)),
    }));
  }

  #statusOf({ provider: name, model }: RouteConfig["targets"][number]): TargetStatus {
    const provider = this.#config.providers[name];
    const { dialect = "unknown", baseUrl, apiKey, isUsable = false } = provider ?? {};
    return {
      provider: name,
      model,
      dialect,
      baseUrl,
      maskedKey: apiKey && maskKey(apiKey.reveal()),
      keyVariable: provider?.keyVariable,
      isTrial: dialect === "mock",
      isUsable,
      abilities: this.#abilitiesOf(provider, model),
      price: provider && this.#prices.priceOf(provider, model),
    };
  }

  #abilitiesOf(config: ProviderConfig | undefined, model: string): ModelAbilities | undefined {
    if (config === undefined || config.dialect === "mock") return undefined;
    const { name, preset, baseUrl } = config;
    const known = preset !== undefined ? presetOf(preset) : baseUrl && presetAt(new URL(baseUrl));
    // A provider that says nothing of it may still go on from a beginning: that is not known.
    const isPrefillKnown = this.providers.get(name)?.acceptsPrefill?.(model) === true;
    return { ...abilitiesOf(known || undefined, model), ...(isPrefillKnown && { prefill: true }) };
  }
}

function makeProviders(config: Config, fetch: ProviderFetch): ReadonlyMap<string, Provider> {
  const usable = Object.values(config.providers).filter(({ isUsable }) => isUsable);
  return new Map(
    usable.map((usableConfig) => {
      const provider = makeProvider(usableConfig, fetch);
      // A fault on purpose and an answer without a model are equally unwelcome where answers are meant.
      const isDrillAllowed = provider.isTrial || config.isMockAllowed;
      return [provider.name, isDrillAllowed ? new FaultyProvider(provider) : provider];
    }),
  );
}
