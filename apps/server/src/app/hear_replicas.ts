import type { BreakerNews } from "@cogniforge/core/resilience";
import type { KeyRing } from "../keys/mod.ts";
import type { Logger } from "../log.ts";
import type { RouteSettingsService } from "../settings/mod.ts";
import type { PrefillNews, Spending } from "../storage/mod.ts";
import type { Stores } from "../stores/mod.ts";
import type { Carrying } from "./carry_answers.ts";

/** What other replicas' questions and news concern. */
export interface HearReplicasOptions {
  stores: Pick<Stores, "records" | "replicas" | "journal" | "breakers">;
  carrying: Pick<Carrying, "engine" | "resilience" | "changes" | "takeUp">;
  keys: Pick<KeyRing, "hearSpending" | "rereadSpending">;
  routeSettings: Pick<RouteSettingsService, "reload">;
  log: Logger;
}

/** Does what other replicas ask for, takes over what they tell, and what they have told before. */
export async function hearReplicas({ stores, carrying, keys, routeSettings, log }: HearReplicasOptions): Promise<void> {
  const { replicas, journal } = stores;
  const { engine, resilience, changes, takeUp } = carrying;
  // Reads anew what other replicas may have changed: routes, and what keys have spent.
  const reload = () => {
    Promise.all([routeSettings.reload(), keys.rereadSpending()]).catch((error: unknown) =>
      log.error({ err: error }, "What other replicas have changed could not be read"),
    );
  };
  // A target that others know to be down is not asked once more by each that comes.
  const readBreakers = async () => {
    try {
      for (const news of await stores.breakers.open()) resilience.breakers.hear(news);
    } catch (error) {
      log.warn({ err: error }, "The circuit breakers of other replicas could not be read");
    }
  };
  replicas.on("cancel", (answerId) => engine.cancel(String(answerId)));
  replicas.on("is-watched", (answerId) => journal.isFollowed(String(answerId)));
  replicas.on("conversation-changed", (change) => {
    const { owner, conversationId } = change as { owner: string; conversationId: string };
    changes.hear(owner, conversationId);
    return true;
  });
  replicas.on("breaker", (news) => {
    resilience.breakers.hear(news as BreakerNews);
    return true;
  });
  replicas.on("prefill", (news) => {
    stores.records.prefillMemory.hear(news as PrefillNews);
    return true;
  });
  replicas.on("answers-left", () => {
    takeUp().catch((error: unknown) => log.error({ err: error }, "Answers that were left could not be taken up"));
    return true;
  });
  replicas.on("routes-changed", () => {
    reload();
    return true;
  });
  replicas.on("spent", (spent) => {
    const { id, spending } = spent as { id: string; spending: Spending };
    keys.hearSpending(id, spending);
    return true;
  });
  replicas.onMissed(() => {
    changes.missed();
    reload();
    void readBreakers();
  });
  await readBreakers();
}
