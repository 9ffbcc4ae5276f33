import { systemWallClock } from "@cogniforge/core/journal";
import { systemClock } from "@cogniforge/core/resilience";
import { AnswerService } from "../answers/answer_service.ts";
import { ConversationService } from "../answers/conversation_service.ts";
import type { Audit } from "../audit/mod.ts";
import type { AuthGate } from "../auth/mod.ts";
import type { DoctorDesk } from "../doctor/mod.ts";
import { DOCTOR_ROUTE } from "../doctor/mod.ts";
import type { KeyRing } from "../keys/mod.ts";
import { KeyService } from "../keys/mod.ts";
import { MeasureService } from "../measures/measure_service.ts";
import type { Telemetry } from "../measures/telemetry.ts";
import type { ProjectQuestions } from "../project/mod.ts";
import { ProviderDrills } from "../providers/drills.ts";
import { TargetTests } from "../providers/target_tests.ts";
import type { Services, TargetTools } from "../services.ts";
import type { Stores } from "../stores/mod.ts";
import { ConfiguredSystem } from "../system_info.ts";
import type { Carrying } from "./carry_answers.ts";
import type { Condition } from "./condition.ts";
import type { ConfigInForce } from "./config_in_force.ts";

export interface MakeServicesOptions {
  stores: Pick<Stores, "records" | "journal">;
  inForce: Pick<ConfigInForce, "current" | "routeSettings">;
  condition: Readonly<Pick<Condition, "isDraining" | "leaving">>;
  carrying: Omit<Carrying, "lag" | "takeUp">;
  telemetry: Telemetry;
  audit: Audit;
  keys: KeyRing;
  auth: Pick<AuthGate, "firstRun" | "users">;
  project: ProjectQuestions;
  doctor: DoctorDesk;
}

/** Makes everything that the doors need. */
export function makeServices(options: MakeServicesOptions): Services {
  const { stores, inForce, carrying, audit, keys, auth, project, doctor } = options;
  const { current, routeSettings } = inForce;
  const { conversations: store, records } = stores.records;
  const { changes, timings } = carrying;
  const answers = makeAnswers(options);
  return {
    answers,
    conversations: new ConversationService({ store, changes, answers, records }),
    records,
    firstRun: auth.firstRun,
    system: new ConfiguredSystem(
      () => current,
      () => auth.firstRun.hasAdministrator(),
      timings,
    ),
    measures: makeMeasures(options),
    drills: new ProviderDrills(() => current.routes.providers),
    targets: makeTargetTools(options),
    audit,
    routeSettings,
    keys: new KeyService({ ring: keys, limits: () => current.config.limits }),
    users: auth.users,
    project,
    doctor,
  };
}

function makeAnswers(options: MakeServicesOptions): AnswerService {
  const { stores, inForce, condition, carrying, project } = options;
  const { current } = inForce;
  const { engine, gate, audience, changes, cancel } = carrying;
  const { conversations, records, projectContexts } = stores.records;
  return new AnswerService({
    engine,
    cancel,
    journal: stores.journal,
    conversations,
    records,
    project,
    projectContexts,
    changes,
    audience,
    gate,
    limits: () => ({ ...current.config, isCeilingSent: current.config.isMaxResponseTokensSet }),
    isRouteUsable: (name) => name === DOCTOR_ROUTE || current.routes.isUsable(name),
    isDraining: () => condition.isDraining,
    leaving: condition.leaving.signal,
  });
}

function makeMeasures({ stores, carrying, telemetry }: MakeServicesOptions): MeasureService {
  return new MeasureService({
    telemetry,
    store: stores.records.measures,
    readings: {
      running: () => carrying.engine.running,
      readers: () => stores.journal.followers,
      breakers: () => carrying.resilience.breakers.states(),
    },
    clock: systemWallClock,
  });
}

function makeTargetTools({ inForce, carrying }: MakeServicesOptions): TargetTools {
  const { breakers } = carrying.resilience;
  return {
    tests: new TargetTests({
      find: (provider, model) => inForce.current.routes.resolve(`${provider}/${model}`)?.targets[0],
      breakers,
      clock: systemClock,
    }),
    resetBreakers: (provider) => breakers.reset(provider),
  };
}
