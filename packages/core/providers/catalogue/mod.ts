export { abilitiesOf } from "./abilities.ts";
export { PRESETS, presetAt, presetOf } from "./lookup.ts";
export type {
  Abilities,
  ChatQuirks,
  HttpDialect,
  MaxTokensField,
  PrefillStyle,
  PresetEndpoint,
  PresetPrefill,
  ProviderPreset,
} from "./preset.ts";
