import type { BreakerBoard, BreakerNews } from "@cogniforge/core/resilience";
import type { ConversationChanges } from "./answers/conversation_changes.ts";
import type { KeyRing } from "./keys/key_ring.ts";
import type { Spending } from "./storage/mod.ts";
import type { Replicas } from "./stores/mod.ts";

/** What other replicas can ask of this one, or tell it. */
export interface ReplicaDuties {
  /** Stops an answer, if this one carries it. */
  cancel: (answerId: string) => boolean;
  /** Whether somebody follows an answer here. */
  isWatched: (answerId: string) => boolean;
  changes: Pick<ConversationChanges, "hear" | "missed">;
  breakers: Pick<BreakerBoard, "hear">;
  keys: Pick<KeyRing, "hearSpending">;
  /** Looks for answers that nobody carries. */
  takeUp: () => void;
  /** Reads anew what other replicas may have changed: routes, and what keys have spent. */
  reload: () => void;
}

/** Does what other replicas ask for, and takes over what they tell. */
export function hearReplicas(replicas: Replicas, duties: ReplicaDuties): void {
  const { cancel, isWatched, changes, breakers, keys, takeUp, reload } = duties;
  replicas.on("cancel", (answerId) => cancel(String(answerId)));
  replicas.on("is-watched", (answerId) => isWatched(String(answerId)));
  replicas.on("conversation-changed", (change) => {
    const { owner, conversationId } = change as { owner: string; conversationId: string };
    changes.hear(owner, conversationId);
    return true;
  });
  replicas.on("breaker", (news) => {
    breakers.hear(news as BreakerNews);
    return true;
  });
  replicas.on("answers-left", () => {
    takeUp();
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
  });
}
