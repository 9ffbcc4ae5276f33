import { hash } from "node:crypto";
import type { IncomingMessage, Server } from "node:http";
import { createResilience, Engine } from "@cogniforge/core/engine";
import { failureInfo } from "@cogniforge/core/failures";
import { systemWallClock } from "@cogniforge/core/journal";
import { systemClock } from "@cogniforge/core/resilience";
import { AnswerService } from "./answers/answer_service.ts";
import { Audience } from "./answers/audience.ts";
import { ConversationChanges } from "./answers/conversation_changes.ts";
import { ConversationService } from "./answers/conversation_service.ts";
import { purgeRemoved } from "./answers/purge_removed.ts";
import { recordOf, spendingOf } from "./answers/views.ts";
import { Audit } from "./audit/mod.ts";
import type { AuthGate } from "./auth/mod.ts";
import { openAuthGate } from "./auth/mod.ts";
import type { Config, ConfigSource } from "./config/mod.ts";
import { loadConfig, watchConfig } from "./config/mod.ts";
import { acceptPasses, admitSelf, DOCTOR_ID, DOCTOR_ROUTE, Doctor, doctorRoute } from "./doctor/mod.ts";
import { anthropicRoutes } from "./doors/anthropic/door.ts";
import { consoleFallback } from "./doors/console/fallback.ts";
import { exportRoutes } from "./doors/export/door.ts";
import type { Readiness } from "./doors/health/door.ts";
import { healthRoutes } from "./doors/health/door.ts";
import { metricsRoutes } from "./doors/metrics/door.ts";
import { openAiRoutes } from "./doors/openai/door.ts";
import { sseRoutes } from "./doors/sse/door.ts";
import { mountTrpc, TRPC_PATH } from "./doors/trpc/mount.ts";
import { hearReplicas } from "./hear_replicas.ts";
import { isDeadHolder, newHolder } from "./holder.ts";
import { limitBody } from "./http/body.ts";
import { Farewell } from "./http/farewell.ts";
import { requestBindings } from "./http/request_origin.ts";
import type { HttpRoute } from "./http/routes.ts";
import { setSecurityHeaders } from "./http/security_headers.ts";
import { createHttpServer } from "./http/serve.ts";
import { setTrustedHeaders } from "./http/trusted_headers.ts";
import { TrustedProxies } from "./http/trusted_proxies.ts";
import { refuseSocket } from "./http/unparsed.ts";
import { KeyRing, KeyService } from "./keys/mod.ts";
import { letGo } from "./let_go.ts";
import { AnswerGate, LoopLag } from "./limits/mod.ts";
import type { Logger } from "./log.ts";
import { watchEventLoop } from "./measures/event_loop.ts";
import { MeasureService } from "./measures/measure_service.ts";
import { Telemetry } from "./measures/telemetry.ts";
import { answerBindings, endBindings, openTelemetry } from "./otel/mod.ts";
import { ProjectQuestions, projectSettings } from "./project/mod.ts";
import { ProviderDrills } from "./providers/drills.ts";
import { prefillSettings } from "./providers/prefill_settings.ts";
import { RecentTimings } from "./providers/recent_timings.ts";
import { RouteBook } from "./providers/route_book.ts";
import { TargetTests } from "./providers/target_tests.ts";
import { createTransport } from "./providers/transport.ts";
import { RetentionKeeper } from "./retention/mod.ts";
import type { Services } from "./services.ts";
import { RouteSettingsService } from "./settings/mod.ts";
import { openStores } from "./stores/mod.ts";
import { ConfiguredSystem } from "./system_info.ts";

/** How often answers of dead holders are looked for, and readiness is measured, in milliseconds. */
const HOUSEKEEPING_MS = 5_000;

/** Room for bursts of new connections: Node's default of 511 resets some of 5,000 that come at once. */
const LISTEN_BACKLOG = 4_096;

export interface AppOptions extends ConfigSource {
  log: Logger;
}

/** Answers that cost something at this moment. */
export interface Activity {
  /** Being carried. */
  running: number;
  /** With at least one reader. */
  followed: number;
  /** To be cancelled when their only reader stays away. */
  attended: number;
}

/** The running program. */
export interface App {
  config: Config;
  /** Where it listens; the port is the real one where 0 was asked for. */
  url: string;
  /** The dispatch table of its own doors, beside tRPC, the sign-in and the console. */
  routes: readonly HttpRoute[];
  /** The one-time code for the first administrator; `undefined` once there is one. */
  signInCode: string | undefined;
  /** What is under way; all zero when nothing is. */
  activity(): Activity;
  /** Refuses new asks and lets answers finish for `graceMs`, while readers come and go; then closes everything. */
  close(graceMs: number): Promise<void>;
}

/**
 * Starts everything on one port.
 *
 * @throws {ConfigError} With all errors of the configuration.
 * @throws {StorageOpenError} If the data folder, or the database, can't be used.
 * @throws {RedisOpenError} If Redis can't be used.
 */
export async function startApp({ environment, directory, log }: AppOptions): Promise<App> {
  const config = await loadConfig({ environment, directory });
  const telemetry = new Telemetry();
  const stores = await openStores({
    config,
    onCommit: (writes, ms) => telemetry.noteCommit(writes, ms),
    makeRecord: (header, state) => (header.owner === DOCTOR_ID ? undefined : recordOf(header, state)),
    onError: (error, what) => log.warn({ err: error }, what),
    onWarning: ({ en }) => log.warn(en),
  });
  const { records: storage, journal, replicas, secret } = stores;
  const { meter } = telemetry;
  const exported = await openTelemetry(config.telemetry, { journal, meter, log });
  const transport = createTransport();
  const audit = new Audit(storage.auditLog, systemWallClock);
  let loaded = config;
  const routeSettings = await RouteSettingsService.open({
    versions: storage.routeVersions,
    audit,
    clock: systemWallClock,
    config: () => loaded,
    onChange() {
      current.config = routeSettings.layered(loaded);
      current.routes = new RouteBook(current.config, transport.fetch, current.routes.providers);
    },
    onKept: () => replicas.tell("routes-changed", null),
  });
  const layered = routeSettings.layered(config);
  const current = { config: layered, routes: new RouteBook(layered, transport.fetch) };
  const keys = await KeyRing.open({
    store: storage.apiKeys,
    hasForeignChanges: storage.hasForeignChanges,
    onSpent: (id, spending) => replicas.tell("spent", { id, spending }),
    onError: (error) => log.error({ err: error }, "The keys could not be read or written"),
  });
  const signIn = await openAuthGate({ config, secret, storage, keys });
  const auth: AuthGate = { ...signIn, principalOf: acceptPasses(signIn.principalOf, secret) };
  storage.prefillMemory.configure(prefillSettings(config));
  let isDraining = false;
  const leaving = new AbortController();
  let isStoreHealthy = true;

  const holder = newHolder(config.shared !== undefined);
  const timings = new RecentTimings();
  const resilience = createResilience(systemClock);
  resilience.hedges.limit(config.hedging);
  resilience.breakers.onChange(({ provider, model, from, state, lastFailure }) =>
    log.warn({ provider, model, from, state, code: lastFailure?.code }, "A circuit breaker changed"),
  );
  resilience.breakers.spreadTo((news) => replicas.tell("breaker", news));
  const changes = new ConversationChanges({
    onNote: (owner, conversationId) => replicas.tell("conversation-changed", { owner, conversationId }),
  });
  const lag = new LoopLag();
  const gate = new AnswerGate({
    store: stores.limits,
    keys,
    limits: () => current.config.limits,
    running: () => engine.running,
    lagMs: () => lag.lagMs,
    onUncounted: (error, answerId) => log.warn({ err: error, answerId }, "An answer could not be counted"),
  });
  const audience = new Audience({
    cancel: (answerId) => void engine.cancel(answerId),
    isWatchedElsewhere: (answerId) => replicas.ask("is-watched", answerId),
  });
  const engine = new Engine({
    journal,
    resolveRoute: (name) => (name === DOCTOR_ROUTE ? doctorRoute : current.routes.resolve(name)),
    holder,
    prefillMemory: storage.prefillMemory,
    resilience,
    sha256: (text) => hash("sha256", text),
    observer: telemetry,
    onStart(header) {
      if (header.owner !== DOCTOR_ID) telemetry.noteStart(header);
      void gate.carried(header.owner, header.answerId);
    },
    async onEnd(header, state) {
      audience.ended(header.answerId);
      await gate.ended(header.owner, header.answerId, spendingOf(state));
      // Nobody asked what the doctor asks: it stands in no measure.
      if (header.owner === DOCTOR_ID) return;
      telemetry.noteEnd(header, state);
      exported.noteEnd(header, state);
      const line = { ...answerBindings(header, exported.hasTraces), ...endBindings(state) };
      log[state.end?.outcome === "failed" ? "warn" : "info"](line, "An answer ended");
      timings.note(state);
      const record = recordOf(header, state);
      if (record === undefined) return;
      await storage.records.put(record);
      if (record.conversationId !== undefined) changes.note(record.owner, record.conversationId);
      telemetry.noteKept();
    },
    onError(error, answerId, header) {
      const bindings = header === undefined ? { answerId } : answerBindings(header, exported.hasTraces);
      log.error({ err: error, ...bindings }, "An answer could not be carried on");
    },
  });
  const takeUp = async () => {
    // Whoever is about to stop would only leave them again.
    const recovered = isDraining ? 0 : await engine.recover();
    if (recovered > 0) log.info({ recovered }, "Answers that nobody carried were taken up");
  };
  hearReplicas(replicas, {
    cancel: (answerId) => engine.cancel(answerId),
    isWatched: (answerId) => journal.isFollowed(answerId),
    changes,
    breakers: resilience.breakers,
    keys,
    takeUp() {
      takeUp().catch((error: unknown) => log.error({ err: error }, "Answers that were left could not be taken up"));
    },
    reload() {
      Promise.all([routeSettings.reload(), keys.rereadSpending()]).catch((error: unknown) =>
        log.error({ err: error }, "What other replicas have changed could not be read"),
      );
    },
  });
  const { conversations: store, records, projectContexts } = storage;
  const project = new ProjectQuestions({
    onError: (error) => log.error({ err: error }, "The project's folder could not be read"),
  });
  project.configure(projectSettings(config));
  const cancelAnswer = async (answerId: string) => engine.cancel(answerId) || (await replicas.ask("cancel", answerId));
  const answers = new AnswerService({
    engine,
    cancel: cancelAnswer,
    journal,
    conversations: store,
    records,
    project,
    projectContexts,
    changes,
    audience,
    gate,
    limits: () => ({ ...current.config, isCeilingSent: current.config.isMaxResponseTokensSet }),
    isRouteUsable: (name) => name === DOCTOR_ROUTE || current.routes.isUsable(name),
    isDraining: () => isDraining,
    leaving: leaving.signal,
  });
  const conversations = new ConversationService({ store, changes, answers, records });
  const system = new ConfiguredSystem(
    () => current,
    () => auth.firstRun.hasAdministrator(),
    timings,
  );
  const measures = new MeasureService({
    telemetry,
    store: storage.measures,
    readings: {
      running: () => engine.running,
      readers: () => journal.followers,
      breakers: () => resilience.breakers.states(),
    },
    clock: systemWallClock,
  });
  const drills = new ProviderDrills(() => current.routes.providers);
  const doctor = new Doctor((publicUrl, signal) =>
    admitSelf({
      source: { environment, directory },
      inForce: current.config,
      url: urlOf(server, config.host),
      secret,
      publicUrl,
      signal,
    }),
  );
  const services: Services = {
    answers,
    conversations,
    records,
    firstRun: auth.firstRun,
    system,
    measures,
    drills,
    targets: {
      tests: new TargetTests({
        find: (provider, model) => current.routes.resolve(`${provider}/${model}`)?.targets[0],
        breakers: resilience.breakers,
        clock: systemClock,
      }),
      resetBreakers: (provider) => resilience.breakers.reset(provider),
    },
    audit,
    routeSettings,
    keys: new KeyService({ ring: keys, limits: () => current.config.limits }),
    users: auth.users,
    project,
    doctor,
  };
  const onError = (error: unknown, request: IncomingMessage) =>
    log.error({ err: error, ...requestBindings(request) }, "A request met a fault");
  const trpc = mountTrpc({
    services,
    authenticate: auth.principalOf,
    maxBodyBytes: config.limits.requestBytes,
    nobodyMs: config.limits.requestTimeoutMs,
    onError,
  });
  const readiness = (): Readiness => ({
    store: isStoreHealthy ? { ok: true } : { ok: false, detail: "The database can't be written" },
    targets: current.routes.isUsable("default") ? { ok: true } : { ok: false, detail: "No target is usable" },
    draining: { ok: !isDraining },
  });
  const routes = [
    ...healthRoutes(readiness),
    ...metricsRoutes({ services, authenticate: auth.principalOf, token: config.metricsToken?.reveal() }),
    ...sseRoutes(services, auth.principalOf),
    ...exportRoutes(services, auth.principalOf),
    // Before the door whose paths it shares.
    ...anthropicRoutes(services, auth.principalOf),
    ...openAiRoutes(services, auth.principalOf),
  ];
  const proxies = new TrustedProxies(config.trustedProxies);
  const farewell = new Farewell();
  const server = createHttpServer({
    routes,
    mounts: [
      { path: TRPC_PATH, handle: trpc.handle },
      { path: "/api/auth", handle: auth.handle },
    ],
    fallback: await consoleFallback(config.console, auth),
    prepare(request, response) {
      farewell.note(response);
      const { isTls } = setTrustedHeaders(request, proxies);
      setSecurityHeaders(response, isTls);
      limitBody(request, current.config.limits.requestBytes);
    },
    requestTimeoutMs: config.limits.requestTimeoutMs,
    maxConnections: config.limits.connections,
    onError,
  });
  server.on("upgrade", (request, socket, head) => {
    setTrustedHeaders(request, proxies);
    if (request.url?.split("?", 1)[0] === TRPC_PATH) trpc.upgrade(request, socket, head);
    else refuseSocket(socket, 404, failureInfo("not-found"));
  });

  const loop = watchEventLoop();
  const housekeep = async () => {
    const delayMs = loop.longestMs();
    if (delayMs !== undefined) telemetry.noteLoopDelay(delayMs);
    isStoreHealthy = await stores.isHealthy();
    await journal.expireDeadHolders((other) => isDeadHolder(other, holder));
    await takeUp();
    await purgeRemoved({ store, journal, cancel: (answerId) => void cancelAnswer(answerId), now: Date.now() });
    await storage.measures.keep();
  };
  await housekeep();
  let keeping = Promise.resolve();
  const housekeeping = setInterval(() => {
    keeping = housekeep().catch((error: unknown) => log.error({ err: error }, "Housekeeping met a fault"));
  }, HOUSEKEEPING_MS);
  const stopWatching = watchConfig({
    environment,
    directory,
    onChange(changed) {
      loaded = changed;
      current.config = routeSettings.layered(changed);
      current.routes = new RouteBook(current.config, transport.fetch);
      storage.prefillMemory.configure(prefillSettings(changed));
      resilience.hedges.limit(changed.hedging);
      project.configure(projectSettings(changed));
      // A key that was refused may be another one now.
      resilience.breakers.reset();
      log.info("The configuration was reloaded");
    },
    onError: (error) =>
      log.error({ err: error }, "The changed configuration is wrong: the one before it stays in force"),
  });
  const keeper = new RetentionKeeper({
    storage: { ...storage, journal },
    audit,
    log,
    retention: () => current.config.retention,
  });
  await listen(server, config);
  keeper.start();
  return {
    config,
    url: urlOf(server, config.host),
    routes,
    signInCode: await auth.firstRun.code(),
    activity: () => ({ running: engine.running, followed: journal.followed, attended: audience.size }),
    async close(graceMs) {
      // Whoever comes meanwhile is still answered: a balancer learns to go elsewhere, a reader gets the rest.
      isDraining = true;
      farewell.begin();
      doctor.close();
      clearInterval(housekeeping);
      loop.stop();
      stopWatching();
      await engine.close(graceMs);
      // Those that did not end in time must not wait for the others' next look.
      replicas.tell("answers-left", null);
      leaving.abort();
      changes.close();
      audience.close();
      await letGo({ server, trpc, followed: () => journal.followed, graceMs });
      await keeping;
      await keeper.close();
      lag.close();
      await project.close();
      await transport.close();
      // While the journal can still be read: the spans of the last answers come from it.
      await exported.close();
      await keys.close();
      await stores.close();
    },
  };
}

function listen(server: Server, { host, port }: Config): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ host, port, backlog: LISTEN_BACKLOG }, () => {
      server.off("error", reject);
      resolve();
    });
  });
}

function urlOf(server: Server, host: string): string {
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  // "All addresses" is no address that a browser can open.
  const name = host === "0.0.0.0" || host === "::" ? "localhost" : host;
  return `http://${name.includes(":") ? `[${name}]` : name}:${port}`;
}
