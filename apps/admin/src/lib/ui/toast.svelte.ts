/** A message with something that can be done about what it tells. */
export interface Toast {
  text: string;
  action: string;
  onAction: () => void;
}

/** How long a message stays, in milliseconds: long enough to be read and reached. */
const STAY_MS = 10_000;

/** The one message that is shown; another one takes its place. */
export class ToastState {
  current = $state.raw<Toast | undefined>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  show(toast: Toast): void {
    this.current = toast;
    this.resume();
  }

  /** Stays for as long as somebody is at it. */
  readonly hold = (): void => clearTimeout(this.#timer);

  readonly resume = (): void => {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.dismiss, STAY_MS);
  };

  readonly dismiss = (): void => {
    clearTimeout(this.#timer);
    this.current = undefined;
  };

  act(): void {
    const toast = this.current;
    this.dismiss();
    toast?.onAction();
  }
}
