import { m } from "#lib/paraglide/messages.js";

/** Shortest password that the server takes. */
const MIN_PASSWORD_LENGTH = 8;

export function requiredError(value: string): string | undefined {
  return value.trim() === "" ? m.field_required() : undefined;
}

/** Only what is surely no address is refused here; the server has the last word. */
export function emailError(value: string): string | undefined {
  return requiredError(value) ?? (/^\S+@\S+\.\S+$/.test(value.trim()) ? undefined : m.field_email());
}

export function passwordError(value: string): string | undefined {
  return value === "" ? m.field_required() : value.length < MIN_PASSWORD_LENGTH ? m.field_password_short() : undefined;
}
