export type { AuditRecord } from "./audit.ts";
export { Audit } from "./audit.ts";
