import { EMPTY_ANSWER_STATE } from "@cogniforge/core/events";
import { systemClock } from "@cogniforge/core/resilience";
import type { AppRouter } from "@cogniforge/server/router";
import type { inferRouterInputs, inferRouterOutputs } from "@trpc/server";
import { keyCalls, userCalls } from "./access.ts";
import { AnswerStream } from "./answer_stream.ts";
import { type AskInput, type Started, startAnswer } from "./ask.ts";
import { type CallOptions, Calls } from "./calls.ts";
import { watchChanges } from "./conversation_changes.ts";
import { TransportMemory } from "./ladder.ts";
import { watchLive } from "./live.ts";
import type { Surroundings } from "./patience.ts";
import { type ConnectionPolicy, DEFAULT_POLICY } from "./policy.ts";
import { PollingTransport } from "./transports/polling.ts";
import { SseTransport } from "./transports/sse.ts";
import {
  type Endpoint,
  TRANSPORT_NAMES,
  type Transport,
  type TransportName,
  type WebSocketClass,
} from "./transports/transport.ts";
import { WebSocketTransport } from "./transports/websocket.ts";
import type { WatchContext, WatchOptions } from "./watch.ts";

type Inputs = inferRouterInputs<AppRouter>;
type Outputs = inferRouterOutputs<AppRouter>;
type Headers = Record<string, string>;

/** The longest that the server takes for the test of a target, in milliseconds. */
const TEST_MS = 20_000;

/** Options for {@linkcode createCogniforgeClient}. */
export interface ClientOptions {
  /** Base URL of the server, such as `http://127.0.0.1:4100`; in a page may be relative, such as `/`. */
  url: string | URL;
  /**
   * Sent with every request, for example `{ authorization: "Bearer …" }`; a function is asked anew each time.
   * A page needs none: its session is a cookie. In a page headers rule the WebSocket out, since browsers cannot send them with one.
   */
  headers?: Headers | (() => Headers | Promise<Headers>) | undefined;
  /** The runtime's own by default; the `ws` package's class lets go of dead connections faster. */
  WebSocket?: WebSocketClass | undefined;
  fetch?: typeof globalThis.fetch | undefined;
  /** Which transports are allowed, best first; all by default. */
  transports?: readonly TransportName[] | undefined;
  /** Changes to {@linkcode DEFAULT_POLICY}. */
  policy?: Partial<ConnectionPolicy> | undefined;
  /** Changes to what is taken from the runtime. */
  surroundings?: Partial<Surroundings> | undefined;
}

/** Options of `ask`: those of `watch` but its position. */
export type AskOptions = Omit<WatchOptions, "cursor" | "state">;

/** An answer that was asked for: what the server said when it took the question, and the events to iterate over. */
export type AskedAnswer = AnswerStream & Pick<Started, "conversationId" | "attached">;

export type CogniforgeClient = ReturnType<typeof createCogniforgeClient>;

/**
 * Makes a client of one server; it holds no connection while nothing is asked or watched.
 *
 * ```ts
 * const client = createCogniforgeClient({ url: "http://127.0.0.1:4100", headers: { authorization: `Bearer ${key}` } });
 * const answer = await client.ask("What is a cursor?");
 * for await (const event of answer) if (event.type === "text-delta") process.stdout.write(event.text);
 * ```
 *
 * Every method throws a `FailureError` with what the server says, or a `ConnectionError` if it could not be reached.
 *
 * @throws {TypeError} If `url` is none.
 */
export function createCogniforgeClient(options: ClientOptions) {
  const policy = { ...DEFAULT_POLICY, ...options.policy };
  const surroundings: Surroundings = {
    clock: systemClock,
    random: Math.random,
    network: typeof globalThis.addEventListener === "function" ? globalThis : undefined,
    ...options.surroundings,
  };
  const endpoint = endpointOf(options);
  const calls = new Calls(endpoint, surroundings.clock, policy.callMs);
  const memory = new TransportMemory(surroundings.clock, policy.retryBetterAfterMs);
  const names = options.transports ?? TRANSPORT_NAMES;
  const { trpc } = calls;

  function live<Reading>(
    path: string,
    read: (options: { signal: AbortSignal }) => Promise<Reading>,
    { signal }: CallOptions,
  ): AsyncIterable<Reading> {
    return watchLive({ path, read, endpoint, calls, policy, surroundings, signal });
  }

  function watch(answerId: string, watchOptions: WatchOptions = {}): AnswerStream {
    // Made anew for each answer: a poller learns how long this one may wait.
    const transports = names.map((name) => createTransport(name, endpoint, calls, surroundings, policy));
    const context: WatchContext = { transports, memory, policy, surroundings };
    return new AnswerStream(answerId, context, watchOptions);
  }

  return {
    /**
     * Asks, and resolves when the server has taken the question. Iterating over the result gives the events; aborting `signal`
     * ends the asking and the watching, not an answer that has begun: that is `cancel`.
     */
    async ask(question: string | AskInput, askOptions: AskOptions = {}): Promise<AskedAnswer> {
      const input = typeof question === "string" ? { question } : question;
      const started = await startAnswer(input, askOptions.signal, { calls, policy, surroundings });
      const { answerId, conversationId, cursor, attached } = started;
      // From the very first event, with the whole text as deltas: whoever asked wants no snapshot of what came meanwhile.
      const fromStart = { ...askOptions, cursor, state: EMPTY_ANSWER_STATE };
      return Object.assign(watch(answerId, fromStart), { conversationId, attached });
    },

    /** Follows an answer from its beginning or a cursor; starts nothing. */
    watch,

    /** What follows a cursor, waiting up to `waitMs` (25,000 at most) for news: one round of polling. */
    read(input: Inputs["answers"]["read"], callOptions?: CallOptions): Promise<Outputs["answers"]["read"]> {
      return calls.call((opts) => trpc.answers.read.query(input, opts), { ...callOptions, waitMs: input.waitMs });
    },

    /** The whole answer as it is now. */
    get(answerId: string, callOptions?: CallOptions): Promise<Outputs["answers"]["get"]> {
      return calls.call((opts) => trpc.answers.get.query({ answerId }, opts), callOptions);
    },

    /** When each attempt and each piece of its text came. */
    timeline(answerId: string, callOptions?: CallOptions): Promise<Outputs["answers"]["timeline"]> {
      return calls.call((opts) => trpc.answers.timeline.query({ answerId }, opts), callOptions);
    },

    /** The routes that a question can be put to, and their targets. */
    routes(callOptions?: CallOptions): Promise<Outputs["answers"]["routes"]> {
      return calls.call((opts) => trpc.answers.routes.query(undefined, opts), callOptions);
    },

    /** Stops an answer; `false` if it had ended. */
    async cancel(answerId: string, callOptions?: CallOptions): Promise<boolean> {
      const { cancelled } = await calls.call((opts) => trpc.answers.cancel.mutate({ answerId }, opts), callOptions);
      return cancelled;
    },

    conversations: {
      /** Newest first. */
      list(
        input?: Inputs["conversations"]["list"],
        callOptions?: CallOptions,
      ): Promise<Outputs["conversations"]["list"]> {
        return calls.call((opts) => trpc.conversations.list.query(input, opts), callOptions);
      },
      /** Newest first, with the places where the words were found. */
      search(
        input: Inputs["conversations"]["search"],
        callOptions?: CallOptions,
      ): Promise<Outputs["conversations"]["search"]> {
        return calls.call((opts) => trpc.conversations.search.query(input, opts), callOptions);
      },
      /** A conversation with the turns of one branch and their answers: the one that is shown, or the newest through a turn. */
      get(
        conversationId: string,
        { turnId, ...callOptions }: CallOptions & { turnId?: string | undefined } = {},
      ): Promise<Outputs["conversations"]["get"]> {
        return calls.call((opts) => trpc.conversations.get.query({ conversationId, turnId }, opts), callOptions);
      },
      /** From now on shows the newest branch through a turn. */
      show(
        conversationId: string,
        turnId: string,
        callOptions?: CallOptions,
      ): Promise<Outputs["conversations"]["show"]> {
        return calls.call((opts) => trpc.conversations.show.mutate({ conversationId, turnId }, opts), callOptions);
      },
      async rename(conversationId: string, title: string, callOptions?: CallOptions): Promise<void> {
        await calls.call((opts) => trpc.conversations.rename.mutate({ conversationId, title }, opts), callOptions);
      },
      /** Moves it into the archive or out of it. */
      async archive(conversationId: string, archived: boolean, callOptions?: CallOptions): Promise<void> {
        await calls.call((opts) => trpc.conversations.archive.mutate({ conversationId, archived }, opts), callOptions);
      },
      /** It can be restored for a day. */
      async remove(conversationId: string, callOptions?: CallOptions): Promise<void> {
        await calls.call((opts) => trpc.conversations.remove.mutate({ conversationId }, opts), callOptions);
      },
      async restore(conversationId: string, callOptions?: CallOptions): Promise<void> {
        await calls.call((opts) => trpc.conversations.restore.mutate({ conversationId }, opts), callOptions);
      },
      /** Ids of conversations as they change; `undefined`, with which it begins, says that any may have. Ends with `signal`. */
      watch(signal: AbortSignal): AsyncGenerator<readonly string[] | undefined, void, undefined> {
        return watchChanges(signal, { calls, policy, surroundings });
      },
    },

    project: {
      /** The project that questions can be about; `null` where there is none for whoever asks. */
      info(callOptions?: CallOptions): Promise<Outputs["project"]["info"]> {
        return calls.call((opts) => trpc.project.info.query(undefined, opts), callOptions);
      },
      /** What was sent of it along with a question, to the letter; `null` where the question was not about it. */
      sent(answerId: string, callOptions?: CallOptions): Promise<Outputs["project"]["sent"]> {
        return calls.call((opts) => trpc.project.sent.query({ answerId }, opts), callOptions);
      },
    },

    providers: {
      /** The targets of every route, and whether each is usable; for administrators. */
      list(callOptions?: CallOptions): Promise<Outputs["providers"]["list"]> {
        return calls.call((opts) => trpc.providers.list.query(undefined, opts), callOptions);
      },
      /** How the providers and the answers do, read at one moment; for administrators. */
      status(callOptions?: CallOptions): Promise<Outputs["providers"]["status"]> {
        return calls.call((opts) => trpc.providers.status.query(undefined, opts), callOptions);
      },
      /** The status as `metrics.live` gives the pulse. */
      live(callOptions: CallOptions = {}): AsyncIterable<Outputs["providers"]["status"]> {
        return live("providers.live", (opts) => trpc.providers.status.query(undefined, opts), callOptions);
      },
      /** The providers that can be asked, and the fault that strikes their next calls; for administrators. */
      drills(callOptions?: CallOptions): Promise<Outputs["providers"]["drills"]> {
        return calls.call((opts) => trpc.providers.drills.query(undefined, opts), callOptions);
      },
      /** Lets a provider's next calls fail on purpose; `forbidden` where it gives real answers. For administrators. */
      armDrill(
        provider: string,
        fault: Inputs["providers"]["armDrill"]["fault"],
        callOptions?: CallOptions,
      ): Promise<Outputs["providers"]["armDrill"]> {
        return calls.call((opts) => trpc.providers.armDrill.mutate({ provider, fault }, opts), callOptions);
      },
      /** Ends a drill before its calls are used up; for administrators. */
      disarmDrill(provider: string, callOptions?: CallOptions): Promise<Outputs["providers"]["disarmDrill"]> {
        return calls.call((opts) => trpc.providers.disarmDrill.mutate({ provider }, opts), callOptions);
      },
      /** Makes one real call to a target, short and nobody's answer; for administrators. */
      test(input: Inputs["providers"]["test"], callOptions?: CallOptions): Promise<Outputs["providers"]["test"]> {
        return calls.call((opts) => trpc.providers.test.mutate(input, opts), { ...callOptions, waitMs: TEST_MS });
      },
      /** Closes the circuit breakers of a provider's key and of all its models; for administrators. */
      async resetBreaker(provider: string, callOptions?: CallOptions): Promise<void> {
        await calls.call((opts) => trpc.providers.resetBreaker.mutate({ provider }, opts), callOptions);
      },
    },

    settings: {
      /** Every route with its values, and who says what they are; for administrators, as is all that follows. */
      routes(callOptions?: CallOptions): Promise<Outputs["settings"]["routes"]> {
        return calls.call((opts) => trpc.settings.routes.query(undefined, opts), callOptions);
      },
      /** Sets a route; what is wrong with it is told in the result, all at once. */
      saveRoute(
        input: Inputs["settings"]["saveRoute"],
        callOptions?: CallOptions,
      ): Promise<Outputs["settings"]["saveRoute"]> {
        return calls.call((opts) => trpc.settings.saveRoute.mutate(input, opts), callOptions);
      },
      /** Gives a route back to the configuration. */
      resetRoute(
        input: Inputs["settings"]["resetRoute"],
        callOptions?: CallOptions,
      ): Promise<Outputs["settings"]["resetRoute"]> {
        return calls.call((opts) => trpc.settings.resetRoute.mutate(input, opts), callOptions);
      },
      /** Brings a version of a route back, as a new one; 0 is before the first. */
      restoreRoute(
        input: Inputs["settings"]["restoreRoute"],
        callOptions?: CallOptions,
      ): Promise<Outputs["settings"]["restoreRoute"]> {
        return calls.call((opts) => trpc.settings.restoreRoute.mutate(input, opts), callOptions);
      },
      /** Every change of a route, newest first. */
      routeHistory(route: string, callOptions?: CallOptions): Promise<Outputs["settings"]["routeHistory"]> {
        return calls.call((opts) => trpc.settings.routeHistory.query({ route }, opts), callOptions);
      },
    },

    audit: {
      /** Who changed what, newest first; for administrators. */
      list(input?: Inputs["audit"]["list"], callOptions?: CallOptions): Promise<Outputs["audit"]["list"]> {
        return calls.call((opts) => trpc.audit.list.query(input, opts), callOptions);
      },
    },

    metrics: {
      /** What became of the answers since the server started; for administrators. */
      counters(callOptions?: CallOptions): Promise<Outputs["metrics"]["counters"]> {
        return calls.call((opts) => trpc.metrics.counters.query(undefined, opts), callOptions);
      },
      /** Circuit breakers that are not closed, or whose target failed lately; for administrators. */
      breakers(callOptions?: CallOptions): Promise<Outputs["metrics"]["breakers"]> {
        return calls.call((opts) => trpc.metrics.breakers.query(undefined, opts), callOptions);
      },
      /** A stretch of time up to now, with its points and percentiles; for administrators. */
      overview(
        input: Inputs["metrics"]["overview"],
        callOptions?: CallOptions,
      ): Promise<Outputs["metrics"]["overview"]> {
        return calls.call((opts) => trpc.metrics.overview.query(input, opts), callOptions);
      },
      /** The latest ended answers with their measures, newest first; for administrators. */
      latest(input: Inputs["metrics"]["latest"], callOptions?: CallOptions): Promise<Outputs["metrics"]["latest"]> {
        return calls.call((opts) => trpc.metrics.latest.query(input, opts), callOptions);
      },
      /**
       * How things are: at once, and then whenever it changes, at most once a second, until `signal` aborts; asked again and
       * again where a proxy lets no stream through. For administrators.
       */
      live(callOptions: CallOptions = {}): AsyncIterable<Outputs["metrics"]["pulse"]> {
        return live("metrics.live", (opts) => trpc.metrics.pulse.query(undefined, opts), callOptions);
      },
    },

    keys: keyCalls(calls),

    users: userCalls(calls),

    system: {
      /** What is set up and what is missing; needs no sign-in. */
      status(callOptions?: CallOptions): Promise<Outputs["system"]["status"]> {
        return calls.call((opts) => trpc.system.status.query(undefined, opts), callOptions);
      },
    },

    doctor: {
      /**
       * Begins an examination of the server, or attaches to the one under way; with the origin of a page its doors are tried through
       * that, too. For administrators.
       */
      start(input?: Inputs["doctor"]["start"], callOptions?: CallOptions): Promise<Outputs["doctor"]["start"]> {
        return calls.call((opts) => trpc.doctor.start.mutate(input, opts), callOptions);
      },
      /** What an examination has found after a position, waiting up to `waitMs` (25,000 at most) for news; for administrators. */
      read(
        input: NonNullable<Inputs["doctor"]["read"]>,
        callOptions?: CallOptions,
      ): Promise<Outputs["doctor"]["read"]> {
        return calls.call((opts) => trpc.doctor.read.query(input, opts), { ...callOptions, waitMs: input.waitMs });
      },
    },

    setup: {
      /** Creates the first administrator with the one-time code that the server printed at its start. */
      async createFirstAdmin(input: Inputs["setup"]["createFirstAdmin"], callOptions?: CallOptions): Promise<void> {
        await calls.call((opts) => trpc.setup.createFirstAdmin.mutate(input, opts), callOptions);
      },
    },
  };
}

function endpointOf({ url, headers, WebSocket, fetch }: ClientOptions): Endpoint {
  const base = new URL(url, globalThis.location?.href);
  return {
    url: `${base.origin}${base.pathname.replace(/\/+$/, "")}/trpc`,
    headers: async () => (typeof headers === "function" ? await headers() : (headers ?? {})),
    // Looked up at each call and called bare: a browser's `fetch` refuses to be a method of anything else.
    fetch: fetch ?? ((input, init) => globalThis.fetch(input, init)),
    WebSocket: WebSocket ?? (globalThis.WebSocket as unknown as WebSocketClass | undefined),
  };
}

function createTransport(
  name: TransportName,
  endpoint: Endpoint,
  calls: Calls,
  { clock }: Surroundings,
  { callMs }: ConnectionPolicy,
): Transport {
  switch (name) {
    case "websocket":
      return new WebSocketTransport(endpoint);
    case "sse":
      return new SseTransport(endpoint);
    case "polling":
      return new PollingTransport(calls, clock, callMs);
  }
}
