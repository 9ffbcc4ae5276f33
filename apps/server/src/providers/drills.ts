import type { FaultInput, Provider } from "@cogniforge/core/providers";
import { FaultyProvider } from "@cogniforge/core/providers";
import { FailureError } from "../failure_error.ts";
import type { DrillStatus, Drills } from "../services.ts";

/** Drills on the providers of the configuration in force; a new configuration begins without any. */
export class ProviderDrills implements Drills {
  readonly #providers: () => ReadonlyMap<string, Provider>;

  /** @param providers Those that can be asked, by name. */
  constructor(providers: () => ReadonlyMap<string, Provider>) {
    this.#providers = providers;
  }

  list(): DrillStatus[] {
    return [...this.#providers().values()].map(statusOf);
  }

  arm(name: string, fault: FaultInput): DrillStatus {
    const provider = this.#faulty(name);
    provider.arm(fault);
    return statusOf(provider);
  }

  disarm(name: string): DrillStatus {
    const provider = this.#faulty(name);
    provider.disarm();
    return statusOf(provider);
  }

  #faulty(name: string): FaultyProvider {
    const provider = this.#providers().get(name);
    if (provider === undefined) {
      throw new FailureError("invalid-input", { param: "provider", detail: "No usable provider has this name" });
    }
    if (provider instanceof FaultyProvider) return provider;
    throw new FailureError("forbidden", {
      param: "provider",
      detail: "Drills are held on providers with the dialect 'mock', and on others only with ALLOW_MOCK_LLM=true",
    });
  }
}

function statusOf(provider: Provider): DrillStatus {
  const { name, isTrial } = provider;
  const isFaulty = provider instanceof FaultyProvider;
  return { provider: name, isTrial, isAllowed: isFaulty, armed: isFaulty ? provider.armed : undefined };
}
