import { type RedisConnection, RedisSignals } from "../redis/mod.ts";
import type { ReplicaHandler, Replicas } from "./stores.ts";

/** Signals over Redis that fail quietly: whoever sends one goes on without it. */
export class RedisReplicas implements Replicas {
  readonly #signals: RedisSignals;
  readonly #onError: (error: unknown) => void;
  readonly #missed = new Set<() => void>();

  constructor(connection: RedisConnection, onError: (error: unknown) => void) {
    this.#onError = onError;
    this.#signals = new RedisSignals({
      connection,
      onMissed: () => {
        for (const listener of this.#missed) listener();
      },
    });
  }

  on(kind: string, handler: ReplicaHandler): void {
    this.#signals.on(kind, handler);
  }

  tell(kind: string, body: unknown): void {
    this.#signals.tell(kind, body).catch(this.#onError);
  }

  async ask(kind: string, body: unknown): Promise<boolean> {
    try {
      return await this.#signals.ask(kind, body);
    } catch (error) {
      this.#onError(error);
      return false;
    }
  }

  onMissed(listener: () => void): void {
    this.#missed.add(listener);
  }

  close(): void {
    this.#signals.close();
  }
}
