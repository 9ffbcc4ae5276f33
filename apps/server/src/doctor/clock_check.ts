import type { ProviderFetch } from "@cogniforge/core/providers";
import type { CheckResult } from "./check.ts";
import { say } from "./check.ts";

/** Difference to the providers' clock from which on certificates, sign-ins and tokens begin to fail, in milliseconds. */
const WRONG_MS = 5 * 60_000;
const DOUBTFUL_MS = 60_000;

/** Compares this machine's clock with the dates in the replies that pass through its `fetch`. */
export class ClockProbe {
  readonly #now: () => number;
  /** Of each reply: how far this clock is ahead, in milliseconds. */
  readonly #ahead: number[] = [];
  readonly fetch: ProviderFetch;

  constructor(fetch: ProviderFetch, now: () => number = Date.now) {
    this.#now = now;
    this.fetch = async (url, init) => {
      const response = await fetch(url, init);
      const date = Date.parse(response.headers.get("date") ?? "");
      // The header has whole seconds: on average it is half a second behind.
      if (!Number.isNaN(date)) this.#ahead.push(this.#now() - date - 500);
      return response;
    };
  }

  result(): CheckResult {
    const id = "clock";
    const ahead = this.#ahead.toSorted((a, b) => Math.abs(a) - Math.abs(b))[0];
    if (ahead === undefined) {
      const message = say("No provider's reply tells the time", "لا ردّ من مزوّد يُعرف منه الوقت");
      return { id, status: "skipped", message };
    }
    const seconds = Math.round(ahead / 1000);
    const details = { aheadSeconds: seconds };
    if (Math.abs(ahead) < DOUBTFUL_MS) {
      const message = say("The clock agrees with the providers'", "الساعة متفقة مع ساعات المزوّدين");
      return { id, status: "ok", message, details };
    }
    return {
      id,
      status: Math.abs(ahead) < WRONG_MS ? "warning" : "error",
      message: say(
        `This machine's clock is ${Math.abs(seconds)} s ${seconds > 0 ? "ahead" : "behind"}`,
        `ساعة هذا الجهاز ${seconds > 0 ? "متقدمة" : "متأخرة"} بمقدار ${Math.abs(seconds)} ث`,
      ),
      remedy: say(
        "Let the system set its clock from the network (timedatectl set-ntp true)",
        "اجعل النظام يضبط ساعته من الشبكة (timedatectl set-ntp true)",
      ),
      details,
    };
  }
}
