import type { Principal } from "../../auth/principal.ts";
import type { Exchange } from "../../http/routes.ts";
import type { Services } from "../../services.ts";

/** Asks, and tells in OpenAI's headers how many requests are left in this minute, whether or not the ask was let in. */
export async function askWithin<T>(
  answers: Services["answers"],
  principal: Principal,
  { response }: Exchange,
  ask: () => Promise<T>,
): Promise<T> {
  try {
    return await ask();
  } finally {
    const rate = await answers.rateOf(principal);
    if (rate !== undefined) {
      response.setHeader("x-ratelimit-limit-requests", rate.limit);
      response.setHeader("x-ratelimit-remaining-requests", rate.remaining);
      response.setHeader("x-ratelimit-reset-requests", `${Math.ceil(rate.resetMs)}ms`);
    }
  }
}
