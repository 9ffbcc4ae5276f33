import { randomUUID } from "node:crypto";
import type { JournalEvent } from "@cogniforge/core/events";
import type {
  CreateOptions,
  FollowOptions,
  Journal,
  JournalEntry,
  JournalHeader,
  Lease,
} from "@cogniforge/core/journal";
import { checkBatch, LeaseLostError, LiveTail, leaseLost } from "@cogniforge/core/journal";
import type { JournalArchive } from "../storage/mod.ts";
import { parseEvents } from "../storage/stored_events.ts";
import { AnswerIndex } from "./answer_index.ts";
import { JournalArchiver } from "./journal_archiver.ts";
import { JournalKeys } from "./journal_keys.ts";
import { JournalNews } from "./journal_news.ts";
import { APPEND, CREATE, REMOVE, RENEW, RETIRE, TAKE } from "./journal_scripts.ts";
import { RecentBatches, type WrittenBatch } from "./recent_batches.ts";
import type { RedisConnection } from "./redis_connection.ts";
import { SharedReads } from "./shared_reads.ts";

export interface RedisJournalOptions {
  /** Stays open after the journal is closed. */
  connection: RedisConnection;
  /** Where ended answers are kept for good. */
  archive: JournalArchive;
  /** Before all names in Redis. */
  prefix?: string;
  /** How long an ended answer stays in Redis once the archive has it, in milliseconds. */
  graceMs?: number;
  /** Epoch milliseconds in tests; by default leases live by the clock of Redis, whatever those of the replicas say. */
  clock?: () => number;
  /** Told of answers that could not be archived: they stay in Redis and are tried again. */
  onError?: (error: unknown, answerId: string) => void;
}

/** An answer that ended so long ago is archived by whoever finds it, as the one who ended it seems to be dead. In milliseconds. */
const ARCHIVE_AFTER_MS = 5_000;

/** Events that are read at once on their way into the archive. */
const ARCHIVE_PAGE = 1_000;

/**
 * The journal on Redis: live answers there, ended ones in the archive, and any replica reads, writes and takes over any answer.
 *
 * Every change of an answer is one script on its own keys, fenced by the lease's holder and epoch. An append is one round trip, and
 * all appends of one turn of the event loop leave in one write.
 */
export class RedisJournal implements Journal {
  readonly #connection: RedisConnection;
  readonly #archive: JournalArchive;
  readonly #keys: JournalKeys;
  readonly #graceMs: number;
  readonly #clock: () => string | number;
  readonly #index: AnswerIndex;
  readonly #archiver: JournalArchiver;
  readonly #tail: LiveTail;
  readonly #news: JournalNews;
  readonly #recent = new RecentBatches();
  /** The latest append under way of each answer. */
  readonly #appending = new Map<string, Promise<unknown>>();

  constructor(options: RedisJournalOptions) {
    const { connection, archive, prefix = "cogniforge:", graceMs = 60_000, clock, onError = () => {} } = options;
    this.#connection = connection;
    this.#archive = archive;
    this.#keys = new JournalKeys(prefix);
    this.#graceMs = graceMs;
    this.#clock = () => clock?.() ?? "";
    this.#index = new AnswerIndex(connection, this.#keys, this.#clock);
    this.#archiver = new JournalArchiver({
      read: (answerId) => this.#readEnded(answerId),
      keep: ({ header, events }) => archive.keep(header, events),
      kept: (answerId) => this.#retire(answerId),
      onError,
    });
    const reads = new SharedReads(this);
    this.#tail = new LiveTail(reads, {
      onFollowed: (answerId) => this.#news.followed(answerId),
      onLeft: (answerId) => this.#news.left(answerId),
    });
    this.#news = new JournalNews({
      connection,
      keys: this.#keys,
      tail: this.#tail,
      onNotHeld: (answerId) => this.#recent.forget(answerId),
    });
  }

  /** Answers that are followed through this process now. */
  get followed(): number {
    return this.#tail.size;
  }

  /** Whether somebody follows the answer here. */
  isFollowed(answerId: string): boolean {
    return this.#tail.isFollowed(answerId);
  }

  /** Those who follow them. */
  get followers(): number {
    return this.#tail.followers;
  }

  async create(
    header: JournalHeader,
    { holder, ttlMs }: CreateOptions,
  ): Promise<{ created: true; lease: Lease } | { created: false; entry: JournalEntry }> {
    const { answerId } = header;
    const archived = await this.#archive.find(answerId);
    if (archived !== undefined) return { created: false, entry: archived };
    const askedAt = performance.now();
    // Whoever dies right after this leaves an answer that is found. One connection keeps the order; a Cluster's nodes do not.
    const entered = this.#index.enter(answerId, ttlMs);
    if (this.#connection.isCluster) await entered;
    const [reply] = await Promise.all([
      this.#run(CREATE, answerId, [JSON.stringify(header), holder, ttlMs, randomUUID()], { isDurable: true }),
      entered,
      this.#index.note(holder),
    ]);
    const [isCreated, first, seq, ended] = reply as [number, string, string, string];
    if (isCreated === 0) return { created: false, entry: entryOf(first, seq, ended) };
    this.#news.held(answerId, askedAt, ttlMs);
    this.#tail.begin(answerId);
    return { created: true, lease: { answerId, holder, epoch: 1, expiresAt: Number(first) } };
  }

  async find(answerId: string): Promise<JournalEntry | undefined> {
    const key = this.#keys.head(answerId);
    const fields = await this.#connection.send(key, ["HMGET", key, "header", "seq", "ended"]);
    const [header, seq, ended] = fields as [string | null, string, string];
    return header === null ? this.#archive.find(answerId) : entryOf(header, seq, ended);
  }

  async append(lease: Lease, events: readonly JournalEvent[]): Promise<void> {
    const first = events[0];
    if (first === undefined) return;
    const { answerId } = lease;
    checkBatch(answerId, first.seq - 1, events);
    const appending = this.#append(lease, events, this.#appending.get(answerId));
    const settled = appending.catch(() => {});
    this.#appending.set(answerId, settled);
    try {
      await appending;
    } finally {
      if (this.#appending.get(answerId) === settled) this.#appending.delete(answerId);
    }
  }

  async read(answerId: string, after: number, limit: number): Promise<readonly JournalEvent[]> {
    if (limit <= 0) return [];
    const key = this.#keys.events(answerId);
    // An entry's id is the sequence of its last event, so the first one found holds the event that is wanted.
    const entries = await this.#connection.send(key, ["XRANGE", key, after + 1, "+", "COUNT", limit]);
    const events = (entries as [string, [string, string]][]).flatMap(
      ([, [, batch]]) => parseEvents(batch) as JournalEvent[],
    );
    if (events.length > 0) {
      const from = events.findIndex(({ seq }) => seq > after);
      return events.slice(from, from + limit);
    }
    const head = this.#keys.head(answerId);
    const seq = await this.#connection.send(head, ["HGET", head, "seq"]);
    return seq === null || Number(seq) > after ? this.#archive.read(answerId, after, limit) : [];
  }

  follow(answerId: string, options: FollowOptions): AsyncIterable<readonly JournalEvent[]> {
    return this.#tail.follow(answerId, options);
  }

  async renew(lease: Lease, ttlMs: number): Promise<Lease> {
    const { answerId, holder, epoch } = lease;
    const askedAt = performance.now();
    const reply = await this.#run(RENEW, answerId, [holder, epoch, ttlMs]);
    const [isRenewed, told] = reply as [number, string];
    if (isRenewed === 0) {
      this.#news.notHeld(answerId);
      throw leaseLost(lease, told === "1");
    }
    if (ttlMs > 0) this.#news.held(answerId, askedAt, ttlMs);
    else this.#news.notHeld(answerId);
    await this.#index.putOff(answerId, ttlMs);
    return { answerId, holder, epoch, expiresAt: Number(told) };
  }

  /** Beside the leases, whoever calls this archives the answers whose end somebody else did not live to archive. */
  async takeExpired({ holder, ttlMs, limit }: CreateOptions & { limit: number }): Promise<Lease[]> {
    const taken: Lease[] = [];
    const seen = new Set<string>();
    await this.#index.note(holder);
    while (taken.length < limit) {
      // Each only once: on the nodes of a Cluster, whose clocks differ, one can be due here and not yet there.
      const due = (await this.#index.due(limit - taken.length)).filter((answerId) => !seen.has(answerId));
      if (due.length === 0) break;
      for (const answerId of due) seen.add(answerId);
      const leases = await Promise.all(due.map((answerId) => this.#lookAt(answerId, holder, ttlMs)));
      taken.push(...leases.filter((lease) => lease !== undefined));
    }
    return taken;
  }

  /** Lets the leases of holders that are known to be dead run out at once, so that nobody has to wait for their end. */
  expireDeadHolders(isDead: (holder: string) => boolean): Promise<void> {
    return this.#index.mourn(isDead);
  }

  /** Forgets answers that have ended, as far as Redis has them; those that run stay. The archive forgets its own. */
  async remove(answerIds: readonly string[]): Promise<void> {
    for (const answerId of answerIds) {
      // It must not come into the archive after it was removed.
      await this.#archiver.settled(answerId);
      if ((await this.#run(REMOVE, answerId, [])) === 1) await this.#index.leave(answerId);
    }
  }

  /** Answers that the archive may not have: those that run, and those that ended just now. */
  unarchived(): Promise<string[]> {
    return this.#index.all();
  }

  /** Resolves when the answers that ended here have been archived, or tried. */
  archived(): Promise<void> {
    return this.#archiver.settled();
  }

  async close(): Promise<void> {
    await Promise.all(this.#appending.values());
    await this.#archiver.settled();
    this.#tail.close();
    this.#news.close();
  }

  async #append(lease: Lease, events: readonly JournalEvent[], before: Promise<unknown> | undefined): Promise<void> {
    const { answerId } = lease;
    const [first, last] = [events[0], events.at(-1)] as [JournalEvent, JournalEvent];
    const isEnd = last.type === "answer-end";
    // Serialised here and never again: what is kept is what is told.
    const batch: WrittenBatch = { first: first.seq, last: last.seq, isEnd, text: JSON.stringify(events) };
    try {
      let [result, found] = await this.#write(lease, batch);
      if (result === -1 && before !== undefined) {
        // It overtook the one before it, which had to be asked again.
        await before;
        [result, found] = await this.#write(lease, batch);
      }
      const forgotten = result === -1 ? this.#recent.between(answerId, Number(found), first.seq) : undefined;
      if (forgotten !== undefined) {
        // Redis came back without the last moments that it had acknowledged.
        for (const one of forgotten) await this.#write(lease, one);
        [result, found] = await this.#write(lease, batch);
      }
      if (result === 0) throw leaseLost(lease, found === "1");
      if (result === -1) checkBatch(answerId, Number(found), events);
    } catch (error) {
      this.#notAppended(answerId, error);
      throw error;
    }
    this.#tail.publish(answerId, events);
    if (!isEnd) {
      this.#recent.note(answerId, batch);
      return;
    }
    this.#recent.forget(answerId);
    this.#news.ended(answerId);
    this.#archiver.add(answerId);
  }

  #write({ answerId, holder, epoch }: Lease, { first, last, isEnd, text }: WrittenBatch): Promise<[number, string]> {
    const told = [this.#connection.publishCommand, this.#keys.news(answerId)];
    const args = [holder, epoch, first, last, isEnd ? 1 : 0, text, ...told];
    return this.#run(APPEND, answerId, args, { isDurable: true }) as Promise<[number, string]>;
  }

  /** Followers here can't rely on this process alone any more: it may have lost the answer, or written without knowing it. */
  #notAppended(answerId: string, error: unknown): void {
    if (error instanceof RangeError) return;
    this.#news.notHeld(answerId);
    if (!(error instanceof LeaseLostError)) this.#tail.refresh(answerId);
  }

  async #lookAt(answerId: string, holder: string, ttlMs: number): Promise<Lease | undefined> {
    const askedAt = performance.now();
    // A second try could find the lease that the first one took: it is left to run out instead.
    const reply = await this.#run(TAKE, answerId, [holder, ttlMs, ARCHIVE_AFTER_MS], { isRepeatable: false });
    const [found, one, two] = reply as [string, string, string];
    if (found === "gone") {
      await this.#index.leave(answerId);
    } else if (found === "wait") {
      await this.#index.lookAt(answerId, Number(one));
    } else if (found === "ended") {
      await this.#index.putOff(answerId, ARCHIVE_AFTER_MS);
      this.#archiver.add(answerId);
    } else {
      await this.#index.lookAt(answerId, Number(two));
      // What was written here under an earlier lease is not this one's to give back.
      this.#recent.forget(answerId);
      this.#news.held(answerId, askedAt, ttlMs);
      return { answerId, holder, epoch: Number(one), expiresAt: Number(two) };
    }
    return undefined;
  }

  async #readEnded(answerId: string) {
    const entry = await this.find(answerId);
    if (entry?.isEnded !== true) return undefined;
    const events: JournalEvent[] = [];
    while (events.length < entry.lastSeq) {
      const page = await this.read(answerId, events.length, ARCHIVE_PAGE);
      if (page.length === 0) return undefined;
      events.push(...page);
    }
    return { header: entry.header, events };
  }

  async #retire(answerId: string): Promise<void> {
    await this.#run(RETIRE, answerId, [this.#graceMs]);
    await this.#index.leave(answerId);
  }

  #run(
    script: Parameters<RedisConnection["run"]>[0],
    answerId: string,
    args: readonly (string | number)[],
    options: { isRepeatable?: boolean; isDurable?: boolean } = {},
  ): Promise<unknown> {
    const keys = [this.#keys.head(answerId), this.#keys.events(answerId)];
    return this.#connection.run(script, { keys, args: [this.#clock(), ...args], ...options });
  }
}

function entryOf(header: string, seq: string, ended: string): JournalEntry {
  return { header: JSON.parse(header) as JournalHeader, lastSeq: Number(seq), isEnded: ended === "1" };
}
