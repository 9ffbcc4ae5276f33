import type { Journal } from "@cogniforge/core/journal";
import type { BreakerNews } from "@cogniforge/core/resilience";
import type { LimitStore } from "../limits/mod.ts";
import type { RecordStorage, Storage } from "../storage/mod.ts";

/** The journal as the server uses it, beside what the engine and the doors need. */
export interface ServerJournal extends Journal {
  /** Answers that are followed here now. */
  readonly followed: number;
  /** Those who follow them. */
  readonly followers: number;
  /** Whether somebody follows the answer here. */
  isFollowed(answerId: string): boolean;
  /** Lets the leases of holders that are known to be dead run out at once. */
  expireDeadHolders(isDead: (holder: string) => boolean): Promise<void>;
  /** Forgets answers that have ended, with all their events. */
  remove(answerIds: readonly string[]): Promise<void>;
  /** Absent where journals come compacted into their archive. */
  compact?: Storage["journal"]["compact"];
}

/** Does what another replica asks for; `false`: this one can't. */
export type ReplicaHandler = (body: unknown) => boolean | undefined;

/** What replicas of the server say to each other. They are hints: nothing that must hold may rest on one. */
export interface Replicas {
  /** What this one does on signals of a kind; one handler for each. */
  on(kind: string, handler: ReplicaHandler): void;
  /** Tells all others; never rejects. */
  tell(kind: string, body: unknown): void;
  /** Asks all others for something that at most one can do; `false` where none did. */
  ask(kind: string, body: unknown): Promise<boolean>;
  /** Called when signals may have been missed. */
  onMissed(listener: () => void): void;
}

/** What replicas know of circuit breakers that are open, for those that were not there when it was told. */
export interface SharedBreakers {
  /** Keeps what was found out of one. */
  note(news: BreakerNews): Promise<void>;
  /** Those that are open, with how long they still are. */
  open(): Promise<BreakerNews[]>;
}

/** Everything that outlives the process, and whatever is shared with others of its kind. */
export interface Stores {
  records: RecordStorage;
  journal: ServerJournal;
  limits: LimitStore;
  replicas: Replicas;
  breakers: SharedBreakers;
  /** Signs sessions and passes: 43 characters of base64url, the same for all replicas. */
  secret: string;
  /** Whether answers can be accepted and kept now: a full disk, a lost file or an engine that is away says no. */
  isHealthy(): Promise<boolean>;
  /** Finishes what is under way and closes everything. */
  close(): Promise<void>;
}
