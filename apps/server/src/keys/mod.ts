export type { KeyRingOptions } from "./key_ring.ts";
export { KeyRing } from "./key_ring.ts";
export type { CreatedKey, KeyState, KeyView, NewKey } from "./key_service.ts";
export { KeyService } from "./key_service.ts";
export { keySettingsSchema } from "./key_settings.ts";
export type { UsedUp } from "./key_spending.ts";
