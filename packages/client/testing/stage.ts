import type { AnswerEvent, AnswerState } from "@cogniforge/core/events";
import { EMPTY_ANSWER_STATE, foldEvent } from "@cogniforge/core/events";
import { onTestFinished } from "vitest";
import { type ClientOptions, createCogniforgeClient, type TransportState } from "../mod.ts";
import { ChaosProxy } from "./chaos_proxy.ts";
import { TestClock } from "./test_clock.ts";
import { TestServer } from "./test_server.ts";

/** A server, a proxy before it, a clock, and a client that connects through the proxy. Goes away with its test. */
export async function setStage(options: Partial<ClientOptions> = {}) {
  const server = new TestServer();
  const proxy = new ChaosProxy();
  const clock = new TestClock();
  const network = new EventTarget();
  proxy.target = await server.listen();
  const url = await proxy.listen();
  onTestFinished(async () => {
    await proxy.close();
    await server.close();
  });
  const surroundings = { clock, network, random: () => 0, ...options.surroundings };
  const client = createCogniforgeClient({ url, ...options, surroundings });
  const states: TransportState[] = [];
  const onTransport = (state: TransportState) => states.push(state);
  return { server, proxy, clock, network, client, states, onTransport, url };
}

/** What a reader ends up with, folded by itself, and the events one by one. */
export async function readAll(
  stream: AsyncIterable<AnswerEvent>,
  onEvent: (event: AnswerEvent) => void = () => {},
  from: AnswerState = EMPTY_ANSWER_STATE,
): Promise<{ text: string; events: AnswerEvent[] }> {
  const events: AnswerEvent[] = [];
  let state = from;
  for await (const event of stream) {
    events.push(event);
    state = foldEvent(state, event);
    onEvent(event);
  }
  return { text: state.text, events };
}
