/** How the fake upstream answers a model's name. */
export interface Mode {
  tokens: number;
  /** Tokens that leave in one packet. */
  perPacket: number;
  /** Milliseconds between two packets; 0 sends each as soon as the last has gone. */
  everyMs: number;
}

/** The models of the fake upstream. Their names are asked of every server under test. */
export const MODES = {
  /** A short answer: what a request costs. */
  short: { tokens: 20, perPacket: 4, everyMs: 0 },
  /** A long answer of a fast model, several tokens a packet: what a token costs. */
  bulk: { tokens: 500, perPacket: 10, everyMs: 0 },
  /** One packet a token, as fast models send them. */
  live: { tokens: 100, perPacket: 1, everyMs: 50 },
  /** Five tokens a second, for ten seconds. */
  slow: { tokens: 60, perPacket: 1, everyMs: 200 },
  /** Five tokens a second, for as long as five thousand streams need to come and stay. */
  slower: { tokens: 90, perPacket: 1, everyMs: 200 },
  /** Two tokens a second. */
  slowest: { tokens: 40, perPacket: 1, everyMs: 500 },
  /** An answer that still runs while readers come late. */
  watched: { tokens: 160, perPacket: 1, everyMs: 50 },
  /** The longest answer that is asked for by default. */
  long: { tokens: 32_000, perPacket: 20, everyMs: 0 },
} as const satisfies Record<string, Mode>;

export type ModeName = keyof typeof MODES;

export function isModeName(name: string): name is ModeName {
  return Object.hasOwn(MODES, name);
}
