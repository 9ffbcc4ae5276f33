import { vi } from "vitest";

/**
 * Lets a test move some of this process's timers by hand, for limits that are long on purpose.
 *
 * Declare it after the server: what is disposed of last must not wait for a timer that nobody moves.
 */
export function fakeTimers(...names: ("setTimeout" | "clearTimeout" | "setInterval" | "clearInterval")[]): Disposable {
  vi.useFakeTimers({ toFake: names });
  return { [Symbol.dispose]: () => void vi.useRealTimers() };
}
