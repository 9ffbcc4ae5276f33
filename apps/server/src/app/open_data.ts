import { recordOf } from "../answers/views.ts";
import type { Config } from "../config/mod.ts";
import { DOCTOR_ID } from "../doctor/mod.ts";
import type { Logger } from "../log.ts";
import { Telemetry } from "../measures/telemetry.ts";
import type { OpenTelemetry } from "../otel/mod.ts";
import { openTelemetry } from "../otel/mod.ts";
import type { Stores } from "../stores/mod.ts";
import { openStores } from "../stores/mod.ts";

/** What is kept, and what is measured. */
export interface Data {
  stores: Stores;
  /** In memory, since the start. */
  telemetry: Telemetry;
  /** What is sent to collectors. */
  exported: OpenTelemetry;
}

/**
 * Opens the stores, measures them, and begins to send what is measured where the configuration says so.
 *
 * @throws {StorageOpenError} If the data folder, or the database, can't be used.
 * @throws {RedisOpenError} If Redis can't be used.
 */
export async function openData(config: Config, log: Logger): Promise<Data> {
  const telemetry = new Telemetry();
  const stores = await openStores({
    config,
    onCommit: (writes, ms) => telemetry.noteCommit(writes, ms),
    makeRecord: (header, state) => (header.owner === DOCTOR_ID ? undefined : recordOf(header, state)),
    onError: (error, what) => log.warn({ err: error }, what),
    onWarning: ({ en }) => log.warn(en),
  });
  const { journal } = stores;
  const exported = await openTelemetry(config.telemetry, { journal, meter: telemetry.meter, log });
  return { stores, telemetry, exported };
}
