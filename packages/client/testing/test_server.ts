import { EventEmitter, once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { AnswerEvent } from "@cogniforge/core/events";
import { initTRPC, TRPCError, tracked } from "@trpc/server";
import { createHTTPHandler } from "@trpc/server/adapters/standalone";
import { applyWSSHandler } from "@trpc/server/adapters/ws";
import { WebSocketServer } from "ws";
import { ScriptedAnswer } from "./scripted_answer.ts";

const PING_INTERVAL_MS = 5_000;

interface Input {
  answerId: string;
  lastEventId?: string;
  cursor?: string;
  waitMs?: number;
  question?: string;
}

interface DrillInput {
  provider: string;
  fault?: unknown;
}

/** What a refusal looks like on the wire. */
function refusal(code: TRPCError["code"], failure: string): TRPCError {
  return new TRPCError({ code, cause: Object.assign(new Error(failure), { failure }) });
}

/** A real server with the procedures of the real router, over answers that the test writes. Emits every call. */
export class TestServer extends EventEmitter<{ start: []; watch: []; read: [waitMs: number]; live: []; pulse: [] }> {
  readonly answers = new Map<string, ScriptedAnswer>();
  /** Headers of every request, upgrades included. */
  readonly authorizations: (string | undefined)[] = [];
  /** How often a question was really asked, and how often somebody tried. */
  asked = 0;
  starts = 0;
  /** How often each way of following was used. */
  watches = 0;
  reads: number[] = [];
  /** May falsify an event on its way to a watcher. */
  tamper: (event: AnswerEvent) => AnswerEvent = (event) => event;
  /** Thrown by `watch` and `read` while set. */
  breakdown: TRPCError["code"] | undefined;
  /** Refuses the live measures while set. */
  isForbidden = false;
  /** Refuses every cursor while set. */
  knowsNoCursor = false;
  /** Answers polls without waiting for news, as a server does that stops. */
  isHasty = false;
  /** The fault that is armed on each provider; others than these two give real answers. */
  readonly drills = new Map<string, unknown>([
    ["mock", undefined],
    ["trial", undefined],
  ]);
  readonly #http: Server;
  readonly #wss = new WebSocketServer({ noServer: true });

  constructor() {
    super();
    const router = this.#router();
    const handle = createHTTPHandler({ router, basePath: "/trpc/", createContext: () => ({}) });
    this.#http = createServer((request, response) => {
      this.authorizations.push(request.headers.authorization);
      handle(request, response);
    });
    applyWSSHandler({
      wss: this.#wss,
      router,
      createContext: () => ({}),
      keepAlive: { enabled: true, pingMs: PING_INTERVAL_MS },
    });
    this.#http.on("upgrade", (request, socket, head) => {
      this.authorizations.push(request.headers.authorization);
      this.#wss.handleUpgrade(request, socket, head, (ws) => this.#wss.emit("connection", ws, request));
    });
  }

  async listen(): Promise<number> {
    await new Promise<void>((resolve) => this.#http.listen(0, "127.0.0.1", resolve));
    return (this.#http.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    for (const client of this.#wss.clients) client.terminate();
    this.#http.closeAllConnections();
    await new Promise((resolve) => this.#http.close(resolve));
  }

  /** Creates an answer. */
  add(answerId: string): ScriptedAnswer {
    const answer = new ScriptedAnswer(answerId);
    this.answers.set(answerId, answer);
    return answer;
  }

  #find(answerId: string): ScriptedAnswer {
    if (this.breakdown) throw refusal(this.breakdown, "draining");
    const answer = this.answers.get(answerId);
    if (answer === undefined) throw refusal("NOT_FOUND", "answer-not-found");
    return answer;
  }

  #position(answer: ScriptedAnswer, cursor: string | undefined): number {
    const count = cursor === undefined ? 0 : answer.countOf(cursor);
    if (count === undefined || (cursor !== undefined && this.knowsNoCursor))
      throw refusal("BAD_REQUEST", "invalid-cursor");
    return count;
  }

  async *#pulses(signal: AbortSignal | undefined) {
    while (!signal?.aborted) {
      yield { ended: this.asked };
      await once(this, "start", { signal }).catch(() => {});
    }
  }

  #status() {
    return { counts: { started: this.starts, finished: this.asked } };
  }

  #drill(provider: string) {
    if (!this.drills.has(provider)) throw refusal("FORBIDDEN", "forbidden");
    return { provider, isTrial: true, isAllowed: true, armed: this.drills.get(provider) };
  }

  #router() {
    const t = initTRPC.create({
      sse: { ping: { enabled: true, intervalMs: PING_INTERVAL_MS } },
      errorFormatter({ shape, error }) {
        const code = (error.cause as { failure?: string } | undefined)?.failure ?? "internal";
        const message = { en: `Failed: ${code}`, ar: `فشل: ${code}` };
        const failure = { code, message, remedy: { en: "Try again", ar: "أعد المحاولة" } };
        return { ...shape, data: { ...shape.data, failure } };
      },
    });
    const procedure = t.procedure.input((value) => value as Input);
    const drill = t.procedure.input((value) => value as DrillInput);
    const server = this;
    return t.router({
      answers: t.router({
        start: procedure.mutation(({ input: { answerId, question = "" } }) => {
          server.starts += 1;
          server.emit("start");
          if (server.breakdown) throw refusal(server.breakdown, "draining");
          if (question === "") throw refusal("BAD_REQUEST", "question-empty");
          const found = server.answers.get(answerId);
          if (found && found.question !== question) throw refusal("CONFLICT", "id-taken");
          const answer = found ?? new ScriptedAnswer(answerId, question);
          if (!found) server.asked += 1;
          server.answers.set(answerId, answer);
          return {
            answerId,
            conversationId: "conversation-1",
            cursor: answer.cursor(0),
            attached: found !== undefined,
          };
        }),
        watch: procedure.subscription(async function* ({ input, signal }) {
          server.watches += 1;
          server.emit("watch");
          const answer = server.#find(input.answerId);
          let count = server.#position(answer, input.lastEventId);
          if (input.lastEventId === undefined) {
            const past = answer.past();
            count = answer.events.length;
            for (const [index, event] of past.entries()) {
              const isLast = index === past.length - 1;
              yield tracked(answer.cursor(isLast ? count : event.seq), server.tamper(event));
            }
          }
          while (!signal?.aborted) {
            const event = answer.events[count];
            if (event) yield tracked(answer.cursor(++count), server.tamper(event));
            else if (answer.isEnded) return;
            else await answer.news(signal);
          }
        }),
        read: procedure.query(async ({ input, signal }) => {
          const { waitMs = 0 } = input;
          server.reads.push(waitMs);
          server.emit("read", waitMs);
          const answer = server.#find(input.answerId);
          const count = server.#position(answer, input.cursor);
          if (waitMs > 0 && !server.isHasty && answer.events.length === count && !answer.isEnded)
            await answer.news(signal);
          const events = input.cursor === undefined ? answer.past() : answer.events.slice(count);
          return {
            events: events.map(server.tamper),
            cursor: answer.cursor(answer.events.length),
            isEnded: answer.isEnded,
          };
        }),
        get: procedure.query(({ input }) => {
          const answer = server.#find(input.answerId);
          return { id: answer.answerId, status: answer.isEnded ? "completed" : "running", text: answer.text };
        }),
        cancel: procedure.mutation(({ input }) => {
          const answer = server.#find(input.answerId);
          const cancelled = !answer.isEnded;
          if (cancelled) answer.end({ outcome: "cancelled" });
          return { cancelled };
        }),
      }),
      providers: t.router({
        status: t.procedure.query(() => server.#status()),
        live: t.procedure.subscription(async function* () {
          yield server.#status();
        }),
        drills: t.procedure.query(() => [...server.drills.keys()].map((provider) => server.#drill(provider))),
        armDrill: drill.mutation(({ input }) => {
          server.#drill(input.provider);
          server.drills.set(input.provider, input.fault);
          return server.#drill(input.provider);
        }),
        disarmDrill: drill.mutation(({ input }) => {
          server.#drill(input.provider);
          server.drills.set(input.provider, undefined);
          return server.#drill(input.provider);
        }),
        test: drill.mutation(({ input }) => ({
          isOk: true,
          totalMs: 5,
          text: `from ${input.provider}`,
          isTrial: true,
        })),
        resetBreaker: drill.mutation(({ input }) => {
          server.#drill(input.provider);
          return { ok: true };
        }),
      }),
      settings: t.router({
        saveRoute: t.procedure
          .input((value) => value as { route: string; after: number; settings: unknown })
          .mutation(({ input }) =>
            input.settings === null
              ? { isSaved: false, problems: [{ path: "", message: { en: "Wrong", ar: "خطأ" } }] }
              : { isSaved: true, version: input.after + 1 },
          ),
        routeHistory: t.procedure
          .input((value) => value as { route: string })
          .query(({ input }) => [{ version: 1, principalName: input.route, changes: [] }]),
      }),
      audit: t.router({
        list: t.procedure
          .input((value) => value as { cursor?: number } | undefined)
          .query(({ input }) => ({ entries: [{ id: (input?.cursor ?? 10) - 1 }] })),
      }),
      metrics: t.router({
        counters: t.procedure.query(() => ({ started: server.starts, finished: server.asked })),
        breakers: t.procedure.query(() => [{ provider: "mock", model: "mock", state: "open", since: 1 }]),
        overview: t.procedure.input((value) => value).query(({ input }) => ({ asked: input })),
        latest: t.procedure.input((value) => value).query(({ input }) => [{ asked: input }]),
        pulse: t.procedure.query(() => {
          if (server.breakdown) throw refusal(server.breakdown, "draining");
          server.emit("pulse");
          return { ended: server.asked };
        }),
        live: t.procedure.subscription(({ signal }) => {
          if (server.isForbidden) throw refusal("FORBIDDEN", "forbidden");
          server.emit("live");
          return server.#pulses(signal);
        }),
      }),
    });
  }
}
