import { costOfAnswer, costOfToken } from "./costs.ts";
import { type RedisCosts, SHORT_TOKENS } from "./inputs.ts";
import { type Model, shareElsewhere } from "./model.ts";
import { answersPerSecond } from "./workload.ts";

/** What all masters of Redis have to do and hold together. */
export interface RedisDemand {
  commandsPerSecond: number;
  cores: number;
  inMegabytesPerSecond: number;
  outMegabytesPerSecond: number;
  memoryGib: number;
  /** Part of the cores that one key takes: the index of the running answers. */
  indexCores: number;
  /** Part of the cores that one channel takes: what all replicas hear. */
  signalCores: number;
}

// What the server does beside tokens, counted in Redis's own commands, those inside of scripts included.
/** Lease renewals of an answer a second: once in each quarter of ten seconds. */
const RENEWALS_PER_SECOND = 4 / 10;
/** EVALSHA, HMGET, TIME, HSET on the answer's own keys. */
const COMMANDS_PER_RENEWAL = 4;
/** EVALSHA, TIME, ZADD on the index: at every renewal, and when an answer begins. */
const COMMANDS_PER_INDEX_ENTRY = 3;
/** EVALSHA, TIME, ZRANGEBYSCORE on the index: each replica looks every five seconds. */
const INDEX_COMMANDS_PER_REPLICA_SECOND = 3 / 5;
/** A reader elsewhere looks every five seconds for what it may have missed: XRANGE, HGET. */
const LOOK_COMMANDS_PER_SECOND = 2 / 5;
/** An ended answer stays so long, in seconds. */
const GRACE_SECONDS = 60;

/**
 * A command costs what the measured ones cost on average, and so does a message to each that hears it. Renewals are in the measured
 * tokens too, as far as answers ran for longer than a third of a lease: they count a little twice.
 */
export function redisDemand(model: Model, replicas: number): RedisDemand {
  const { workload, inputs } = model;
  const { short, live } = inputs.redis;
  const { streams, tokensPerAnswer, signalsPerAnswer } = workload;
  const ofToken = (figure: keyof RedisCosts) =>
    costOfToken(live[figure], short[figure] * SHORT_TOKENS, tokensPerAnswer);
  const tokens = streams * workload.tokensPerSecond;
  const answers = answersPerSecond(workload);
  const share = shareElsewhere(workload, replicas);
  const coresPerCommand = live.cpuUsPerToken / live.commandsPerToken / 1e6;

  const toldElsewhere = tokens * share;
  const looks = streams * share * LOOK_COMMANDS_PER_SECOND;
  const renewals = streams * RENEWALS_PER_SECOND;
  // Entered when it begins, left when it is archived: also among the measured commands, and small beside the renewals.
  const index =
    renewals * COMMANDS_PER_INDEX_ENTRY +
    answers * (COMMANDS_PER_INDEX_ENTRY + 1) +
    replicas * INDEX_COMMANDS_PER_REPLICA_SECOND;
  const signals = answers * signalsPerAnswer;
  const commands = tokens * ofToken("commandsPerToken") + renewals * COMMANDS_PER_RENEWAL + looks + index + signals;
  const heard = signals * replicas;

  // Half of a running answer is there on average; of an ended one all.
  const kib = (length: number) => costOfAnswer(short.kibPerAnswer, live.kibPerAnswer, length);
  const held = streams * kib(tokensPerAnswer / 2) + answers * GRACE_SECONDS * kib(tokensPerAnswer);
  // What is told is what was written.
  const told = toldElsewhere * ofToken("inBytesPerToken");
  return {
    commandsPerSecond: commands,
    cores:
      (tokens * ofToken("cpuUsPerToken")) / 1e6 +
      (renewals * COMMANDS_PER_RENEWAL + looks + toldElsewhere + index + signals + heard) * coresPerCommand,
    inMegabytesPerSecond: (tokens * ofToken("inBytesPerToken")) / 1e6,
    outMegabytesPerSecond: (tokens * ofToken("outBytesPerToken") + told) / 1e6,
    memoryGib: held / 1024 ** 2,
    indexCores: index * coresPerCommand,
    signalCores: (signals + heard) * coresPerCommand,
  };
}
