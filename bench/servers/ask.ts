import { KEY } from "./cogniforge.ts";
import type { RunningServer } from "./server.ts";

const headers = { authorization: `Bearer ${KEY}`, "content-type": "application/json" };

/**
 * Begins an answer of CogniForge that runs by itself, whoever watches.
 *
 * @throws {Error} With the server's words, if it refuses.
 */
export async function startAnswer({ port }: RunningServer, answerId: string, model: string): Promise<void> {
  const response = await fetch(`http://127.0.0.1:${port}/trpc/answers.start`, {
    method: "POST",
    headers,
    body: JSON.stringify({ answerId, question: "A long one, please", route: model }),
  });
  if (!response.ok) throw new Error(`An answer was refused with ${response.status}: ${await response.text()}`);
  await response.arrayBuffer();
}

/** Resolves when an answer has ended. */
export async function untilEnded({ port }: RunningServer, answerId: string): Promise<void> {
  for (;;) {
    const response = await fetch(`http://127.0.0.1:${port}/v1/answers/${answerId}`, { headers });
    const { status } = (await response.json()) as { status: string };
    if (status !== "running") return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
