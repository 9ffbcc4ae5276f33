import type { AnswerEvent } from "@cogniforge/core/events";
import type { TRPCClient } from "@trpc/client";
import { createTRPCClient, createWSClient, httpLink, httpSubscriptionLink, splitLink, wsLink } from "@trpc/client";
import { EventSource } from "eventsource";
import { WebSocket } from "ws";
import type { AppRouter } from "../src/doors/trpc/router.ts";
import { KEY } from "./_server.ts";

export type Client = TRPCClient<AppRouter>;
export type Headers = Record<string, string>;

export const WITH_KEY: Headers = { authorization: `Bearer ${KEY}` };

/** The official client over HTTP, its subscriptions over SSE; every event source that it opens is put into `sources`. */
export function overHttp(url: string, headers: Headers = WITH_KEY, sources: EventSource[] = []): Client {
  class Source extends EventSource {
    constructor(...options: ConstructorParameters<typeof EventSource>) {
      super(...options);
      sources.push(this);
    }
  }
  return createTRPCClient<AppRouter>({
    links: [
      splitLink({
        condition: ({ type }) => type === "subscription",
        true: httpSubscriptionLink({
          url: `${url}/trpc`,
          EventSource: Source,
          eventSourceOptions: () => ({
            fetch: (input: string | URL, init: RequestInit) =>
              fetch(input, { ...init, headers: { ...(init.headers as Headers), ...headers } }),
          }),
        }),
        false: httpLink({ url: `${url}/trpc`, headers }),
      }),
    ],
  });
}

/** The official client over one WebSocket. */
export function overWebSocket(url: string, headers: Headers = WITH_KEY): { client: Client } & Disposable {
  class Socket extends WebSocket {
    constructor(address: string | URL) {
      super(address, { headers });
    }
  }
  const socket = createWSClient({
    url: `${url.replace("http", "ws")}/trpc`,
    WebSocket: Socket as unknown as typeof globalThis.WebSocket,
    retryDelayMs: () => 20,
  });
  return {
    client: createTRPCClient<AppRouter>({ links: [wsLink({ client: socket })] }),
    [Symbol.dispose]: () => void socket.close(),
  };
}

export interface Tracked {
  id: string;
  event: AnswerEvent;
}

export interface Watching {
  /** What came so far, in order. */
  seen: readonly Tracked[];
  /** Resolves when the subscription has ended by itself; rejects with what it was refused for. */
  done: Promise<readonly Tracked[]>;
  /** Resolves as soon as an event has come that fits. */
  until(fits: (event: AnswerEvent) => boolean): Promise<Tracked>;
  leave(): void;
}

/** Watches an answer with the official client. */
export function watch(client: Client, input: { answerId: string; lastEventId?: string }): Watching {
  const seen: Tracked[] = [];
  const waiting = new Set<() => void>();
  const done = Promise.withResolvers<readonly Tracked[]>();
  done.promise.catch(() => {});
  const subscription = client.answers.watch.subscribe(input, {
    onData({ id, data }) {
      seen.push({ id, event: data });
      for (const wake of waiting) wake();
    },
    onComplete: () => done.resolve(seen),
    onError: (error) => done.reject(error),
  });
  return {
    seen,
    done: done.promise,
    async until(fits) {
      for (;;) {
        const found = seen.find(({ event }) => fits(event));
        if (found !== undefined) return found;
        const news = Promise.withResolvers<void>();
        waiting.add(news.resolve);
        await Promise.race([news.promise, done.promise]);
        waiting.delete(news.resolve);
      }
    },
    leave: () => subscription.unsubscribe(),
  };
}

/** The text that a reader of these events has, by the rule of PROTOCOL.md: cut at the offset, then grown. */
export function textOf(events: readonly { event: AnswerEvent }[], before = ""): string {
  let text = before;
  for (const { event } of events) {
    if (event.type === "snapshot") text = event.text;
    if (event.type === "text-delta") text = text.slice(0, event.offset) + event.text;
  }
  return text;
}
