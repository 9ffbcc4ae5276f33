import type { FailureInfo } from "@cogniforge/client";

/** What a form with fields and one button goes through: tried, busy, failed. */
export class FormState<Errors extends Record<string, string | undefined>> {
  /** Whether it was sent once: nothing is said of a field before. */
  isTried = $state(false);
  isBusy = $state(false);
  failure = $state.raw<FailureInfo | undefined>();

  readonly #errors: () => Errors;

  /** `errors` says what is wrong with each field now, and is asked again whenever one changes. */
  constructor(errors: () => Errors) {
    this.#errors = errors;
  }

  /** What is shown below each field. */
  readonly shown: Partial<Errors> = $derived.by(() => (this.isTried ? this.#errors() : {}));

  /**
   * Sends what was typed, once at a time and only when nothing is wrong with it. True when `act`, which gives its failure, has
   * none.
   */
  async submit(event: SubmitEvent, act: () => Promise<FailureInfo | undefined>): Promise<boolean> {
    event.preventDefault();
    this.isTried = true;
    if (this.isBusy || Object.values(this.#errors()).some((error) => error !== undefined)) return false;
    this.isBusy = true;
    try {
      this.failure = await act();
    } finally {
      this.isBusy = false;
    }
    return this.failure === undefined;
  }
}
