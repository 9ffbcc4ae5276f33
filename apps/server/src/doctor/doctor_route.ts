import type { Route } from "@cogniforge/core/engine";
import { MockProvider } from "@cogniforge/core/providers";

/** Name of the route that the doctor asks: doors are tried without a provider, which have their own check, and cost nothing. */
export const DOCTOR_ROUTE = "cogniforge/doctor";

/** What it says, piece by piece: two writing directions and a character outside the basic plane, as doors must carry them. */
export const DOCTOR_TEXT = "one two three أربعة خمسة ستة seven eight تسعة عشرة eleven twelve 🩺 fourteen خمسة_عشر end";

/** Milliseconds between two pieces: long enough to see whether they come one by one. */
export const DOCTOR_PACE_MS = 60;

/** The route of that name: a scripted text at a known pace. */
export const doctorRoute: Route = {
  name: DOCTOR_ROUTE,
  targets: [
    { provider: new MockProvider({ name: "cogniforge", text: DOCTOR_TEXT, paceMs: DOCTOR_PACE_MS }), model: "doctor" },
  ],
  timeouts: { connectMs: 5_000, firstTokenMs: 10_000, idleMs: 10_000, totalMs: 30_000 },
  maxRetries: 0,
  hedgeAfterMs: null,
  onCut: "continue",
};
