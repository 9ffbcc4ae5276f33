/** A variable that could be set, and what it would do. */
export interface SetupHint {
  variable: string;
  /** `missing`, or `placeholder` where the value of `.env.example` was left. */
  state: "missing" | "placeholder";
  effect: { en: string; ar: string };
}
