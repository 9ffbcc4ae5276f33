export type { Script, ScriptedCall, ScriptedOptions, ScriptStep } from "./scripted_provider.ts";
export { ScriptedProvider } from "./scripted_provider.ts";
