/** What the name of a model tells about it. */
export interface ModelFacts {
  /** Generation of Gemini, such as 2.5; `undefined` where the name does not tell. */
  generation: number | undefined;
  isPro: boolean;
  /** It takes a `thinkingConfig`; others refuse one. */
  canThink: boolean;
  /** It refuses a system instruction. */
  isWithoutSystem: boolean;
}

/** Models of these kinds answer with something other than text, or refuse what the others take. */
const SPECIAL = /image|tts|live|audio|embedding|robotics|computer-use|veo|omni/;

/** The name without what stands before it: `models/x`, `publishers/google/models/x`. */
function shortName(model: string): string {
  return model.slice(model.lastIndexOf("/") + 1).toLowerCase();
}

export function factsOf(model: string): ModelFacts {
  const name = shortName(model);
  const stated = /^gemini-(\d+(?:\.\d+)?)(?=-|$)/.exec(name)?.[1];
  // The names that move along have long moved beyond 2.5.
  const generation = stated === undefined ? (/^gemini-.*latest$/.test(name) ? 3 : undefined) : Number(stated);
  return {
    generation,
    isPro: /-pro(-|$)/.test(name),
    canThink: generation !== undefined && generation >= 2.5 && !SPECIAL.test(name),
    isWithoutSystem: /^gemma-[123]/.test(name),
  };
}

/**
 * Whether the model goes on from a trailing turn of its own. The models of 2.x, 3 and 3.1 do; later ones refuse it ("Requests
 * ending with a model turn are not supported"), and names that move along may point to those.
 *
 * @see https://github.com/pipecat-ai/pipecat/pull/5821
 */
export function takesPrefill(model: string): boolean {
  const name = shortName(model);
  return /^gemini-(2\.0|2\.5|3|3\.1)-/.test(name) && !SPECIAL.test(name);
}

/** The path of a model below the base URL, encoded; `undefined` if the name leads elsewhere. */
export function pathOf(model: string): string | undefined {
  const isPath = /^(models|tunedModels|endpoints|publishers|projects)\//.test(model);
  const segments = (isPath ? model : `models/${model}`).split("/");
  if (segments.some((segment) => segment === "" || segment === "." || segment === "..")) return undefined;
  return segments.map(encodeURIComponent).join("/");
}
