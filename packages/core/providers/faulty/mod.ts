export type { Fault, FaultInput } from "./fault.ts";
export { faultSchema } from "./fault.ts";
export type { FaultyOptions } from "./faulty_provider.ts";
export { FaultyProvider } from "./faulty_provider.ts";
