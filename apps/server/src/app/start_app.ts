import { systemWallClock } from "@cogniforge/core/journal";
import { Audit } from "../audit/mod.ts";
import { loadConfig } from "../config/mod.ts";
import { admitSelf, Doctor } from "../doctor/mod.ts";
import { newHolder } from "../holder.ts";
import { ProjectQuestions, projectSettings } from "../project/mod.ts";
import { prefillSettings } from "../providers/prefill_settings.ts";
import { createTransport } from "../providers/transport.ts";
import { RetentionKeeper } from "../retention/mod.ts";
import type { App, AppOptions } from "./app.ts";
import { carryAnswers } from "./carry_answers.ts";
import type { OpenParts } from "./close_app.ts";
import { closeApp } from "./close_app.ts";
import { Condition } from "./condition.ts";
import { openConfigInForce } from "./config_in_force.ts";
import { followConfig } from "./follow_config.ts";
import { hearReplicas } from "./hear_replicas.ts";
import { Housekeeper } from "./housekeeper.ts";
import { listen, urlOf } from "./listen.ts";
import { makeServices } from "./make_services.ts";
import { openAccess } from "./open_access.ts";
import { openData } from "./open_data.ts";
import { openDoors } from "./open_doors.ts";

/**
 * Starts everything on one port.
 *
 * @throws {ConfigError} With all errors of the configuration.
 * @throws {StorageOpenError} If the data folder, or the database, can't be used.
 * @throws {RedisOpenError} If Redis can't be used.
 */
export async function startApp({ environment, directory, log }: AppOptions): Promise<App> {
  const source = { environment, directory };
  const config = await loadConfig(source);

  // What it keeps, what it goes by, and who may come in.
  const { stores, telemetry, exported } = await openData(config, log);
  const { records: storage, journal, replicas, secret } = stores;
  const transport = createTransport();
  const audit = new Audit(storage.auditLog, systemWallClock);
  const inForce = await openConfigInForce({
    config,
    versions: storage.routeVersions,
    audit,
    fetch: transport.fetch,
    onKept: () => replicas.tell("routes-changed", null),
  });
  const { current, routeSettings } = inForce;
  const { keys, auth } = await openAccess({ config, stores, log });

  // Carrying answers, together with other replicas.
  storage.prefillMemory.configure(prefillSettings(config));
  const condition = new Condition();
  const holder = newHolder(config.shared !== undefined);
  const carrying = carryAnswers({ config, current, stores, holder, condition, keys, telemetry, exported, log });
  const { engine, audience } = carrying;
  await hearReplicas({ stores, carrying, keys, routeSettings, log });

  // What can be asked of it, and the doors to that.
  const project = new ProjectQuestions({
    onError: (error) => log.error({ err: error }, "The project's folder could not be read"),
  });
  project.configure(projectSettings(config));
  const url = () => urlOf(doors.server, config.host);
  const doctor = new Doctor((publicUrl, signal) =>
    admitSelf({ source, inForce: current.config, url: url(), secret, publicUrl, signal }),
  );
  const services = makeServices({
    stores,
    inForce,
    condition,
    carrying,
    telemetry,
    audit,
    keys,
    auth,
    project,
    doctor,
  });
  const doors = await openDoors({ config, current, condition, services, auth, log });

  // What it does by itself: nobody comes in before the first round is done.
  const housekeeper = new Housekeeper({ stores, holder, carrying, condition, telemetry, log });
  await housekeeper.keep();
  housekeeper.start();
  const unfollowConfig = followConfig({ source, inForce, storage, carrying, project, log });
  const keeper = new RetentionKeeper({
    storage: { ...storage, journal },
    audit,
    log,
    retention: () => current.config.retention,
  });
  await listen(doors.server, config);
  keeper.start();

  const parts: OpenParts = {
    condition,
    doors,
    doctor,
    housekeeper,
    unfollowConfig,
    carrying,
    keeper,
    project,
    transport,
    exported,
    keys,
    stores,
  };
  return {
    config,
    url: url(),
    routes: doors.routes,
    signInCode: await auth.firstRun.code(),
    activity: () => ({ running: engine.running, followed: journal.followed, attended: audience.size }),
    close: (graceMs) => closeApp(parts, graceMs),
  };
}
