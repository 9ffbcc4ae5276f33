import type { Doctor } from "../doctor/mod.ts";
import type { KeyRing } from "../keys/mod.ts";
import type { OpenTelemetry } from "../otel/mod.ts";
import type { ProjectQuestions } from "../project/mod.ts";
import type { Transport } from "../providers/transport.ts";
import type { RetentionKeeper } from "../retention/mod.ts";
import type { Stores } from "../stores/mod.ts";
import type { Carrying } from "./carry_answers.ts";
import type { Condition } from "./condition.ts";
import type { Housekeeper } from "./housekeeper.ts";
import { letGo } from "./let_go.ts";
import type { Doors } from "./open_doors.ts";

/** Everything that was opened. */
export interface OpenParts {
  condition: Pick<Condition, "isDraining" | "leaving">;
  doors: Pick<Doors, "server" | "trpc" | "farewell">;
  doctor: Pick<Doctor, "close">;
  housekeeper: Pick<Housekeeper, "stop" | "settled">;
  /** Stops the following of the configuration. */
  unfollowConfig: () => void;
  carrying: Pick<Carrying, "engine" | "audience" | "changes" | "lag">;
  stores: Pick<Stores, "journal" | "replicas" | "close">;
  keeper: Pick<RetentionKeeper, "close">;
  project: Pick<ProjectQuestions, "close">;
  transport: Pick<Transport, "close">;
  exported: Pick<OpenTelemetry, "close">;
  keys: Pick<KeyRing, "close">;
}

/** Lets answers finish for `graceMs` while readers come and go; then closes everything, the stores last. */
export async function closeApp(parts: OpenParts, graceMs: number): Promise<void> {
  const { condition, doors, housekeeper, carrying, stores } = parts;
  // Whoever comes meanwhile is still answered: a balancer learns to go elsewhere, a reader gets the rest.
  condition.isDraining = true;
  doors.farewell.begin();
  parts.doctor.close();
  housekeeper.stop();
  parts.unfollowConfig();
  await carrying.engine.close(graceMs);
  // Those that did not end in time must not wait for the others' next look.
  stores.replicas.tell("answers-left", null);
  condition.leaving.abort();
  carrying.changes.close();
  carrying.audience.close();
  const { server, trpc } = doors;
  await letGo({ server, trpc, followed: () => stores.journal.followed, graceMs });
  await housekeeper.settled();
  await parts.keeper.close();
  carrying.lag.close();
  await parts.project.close();
  await parts.transport.close();
  // While the journal can still be read: the spans of the last answers come from it.
  await parts.exported.close();
  await parts.keys.close();
  await stores.close();
}
