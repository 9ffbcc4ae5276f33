import { FailureError, type FailureInfo } from "@cogniforge/client";
import { SvelteMap } from "svelte/reactivity";
import type { AdministrationApi, TargetTest } from "#lib/api/administration_api.ts";

/** How the test of one target stands. */
export type TestState =
  | { phase: "running" }
  | { phase: "done"; result: TargetTest }
  | { phase: "refused"; failure: FailureInfo };

/** The tests that were made on this page, the latest of each target. */
export class TargetTesting {
  readonly #api: Pick<AdministrationApi, "testTarget">;
  readonly #states = new SvelteMap<string, TestState>();

  constructor(api: Pick<AdministrationApi, "testTarget">) {
    this.#api = api;
  }

  of(provider: string, model: string): TestState | undefined {
    return this.#states.get(`${provider}/${model}`);
  }

  async run(provider: string, model: string): Promise<TestState> {
    const key = `${provider}/${model}`;
    this.#states.set(key, { phase: "running" });
    let state: TestState;
    try {
      state = { phase: "done", result: await this.#api.testTarget(provider, model) };
    } catch (error) {
      if (!(error instanceof FailureError)) throw error;
      state = { phase: "refused", failure: error.info };
    }
    this.#states.set(key, state);
    return state;
  }
}
