import { asArray, asObject, asText, type JsonObject, parseJson } from "../_json.ts";
import type { ChatMessage } from "../chat_message.ts";
import { textOf, toParts } from "./message_parts.ts";
import { signatureOf, signaturesOf } from "./signatures.ts";

/** A turn of the conversation as Gemini writes it. */
export interface Content {
  role: "user" | "model";
  parts: JsonObject[];
}

/** What Google documents for calls that come from another model, in the place of a signature. */
const FOREIGN_SIGNATURE = "skip_thought_signature_validator";

/** What is to be heeded when messages are translated. */
export interface ConversationOptions {
  /** Calls without a signature are refused, as from the third generation on. */
  needsSignatures: boolean;
}

/** A conversation in Gemini's words. */
export interface Conversation {
  system: JsonObject[];
  contents: Content[];
}

/**
 * Translates messages: what `system` and `developer` say is gathered, and neighbours of one role become one turn, since turns
 * must alternate and the results of parallel calls belong into one.
 *
 * @throws {UpstreamError} If a message holds what cannot be said to Gemini.
 */
export function toConversation(messages: readonly ChatMessage[], options: ConversationOptions): Conversation {
  const system: JsonObject[] = [];
  const contents: Content[] = [];
  const names = new Map<string, string>();
  for (const message of messages) {
    switch (message.role) {
      case "system":
      case "developer":
        system.push(...toParts(message.content));
        break;
      case "user":
        add(contents, "user", toParts(message.content));
        break;
      case "assistant":
        add(contents, "model", fromAssistant(message, names, options));
        break;
      case "tool":
      case "function":
        add(contents, "user", fromResult(message, names));
        break;
    }
  }
  return { system, contents };
}

function add(contents: Content[], role: Content["role"], parts: readonly JsonObject[]): void {
  if (parts.length === 0) return;
  const last = contents.at(-1);
  if (last?.role === role) last.parts.push(...parts);
  else contents.push({ role, parts: [...parts] });
}

function fromAssistant(
  message: ChatMessage,
  names: Map<string, string>,
  { needsSignatures }: ConversationOptions,
): JsonObject[] {
  const calls = callsOf(message);
  const { ofCalls, ofText } = signaturesOf(message, new Set(calls.map(({ id }) => id ?? "")));
  const said = toParts(message.content);
  const refusal = asText(message.refusal);
  if (refusal !== undefined) said.push({ text: refusal });
  // What was said in many parts has become one text here: the signature of the last part covers it.
  if (ofText !== undefined) {
    const last = said.pop() ?? (calls.length === 0 ? { text: "" } : undefined);
    if (last !== undefined) said.push({ ...last, thoughtSignature: ofText });
  }
  for (const [at, { id, name, args, signature }] of calls.entries()) {
    if (id !== undefined) names.set(id, name);
    // Of parallel calls only the first has one.
    const foreign = needsSignatures && at === 0 ? FOREIGN_SIGNATURE : undefined;
    const inherited = at === 0 && said.length === 0 ? ofText : undefined;
    const own = signature ?? ofCalls.get(id ?? "") ?? inherited ?? foreign;
    said.push({
      functionCall: { ...(id !== undefined && { id }), name, args },
      ...(own !== undefined && { thoughtSignature: own }),
    });
  }
  return said;
}

interface Call {
  id: string | undefined;
  name: string;
  args: JsonObject;
  signature: string | undefined;
}

function callsOf(message: ChatMessage): Call[] {
  const calls: Call[] = [];
  for (const value of asArray(message.tool_calls)) {
    const call = asObject(value);
    const called = asObject(call?.function);
    const name = asText(called?.name);
    if (call === undefined || name === undefined) continue;
    calls.push({ id: asText(call.id), name, args: toArgs(called?.arguments), signature: signatureOf(call) });
  }
  const legacy = asObject(message.function_call);
  const name = asText(legacy?.name);
  if (name !== undefined) calls.push({ id: undefined, name, args: toArgs(legacy?.arguments), signature: undefined });
  return calls;
}

/** Gemini takes an object only; other arguments are kept in one. */
function toArgs(value: unknown): JsonObject {
  const args = typeof value === "string" ? parseJson(value) : value;
  if (args === undefined && (typeof value !== "string" || value.trim() === "")) return {};
  return asObject(args) ?? { arguments: args ?? value };
}

/** A tool's result; images in it stand beside it, since only the newest models take them inside. */
function fromResult(message: ChatMessage, names: ReadonlyMap<string, string>): JsonObject[] {
  const id = asText(message.tool_call_id);
  const name = names.get(id ?? "") ?? asText(message.name) ?? id ?? "unknown";
  const text = textOf(message.content);
  const value = parseJson(text);
  const response = asObject(value) ?? { result: Array.isArray(value) ? value : text };
  const media = toParts(message.content).filter((part) => part.text === undefined);
  // An id that no call has would be refused.
  const isKnown = id !== undefined && names.has(id);
  return [{ functionResponse: { ...(isKnown && { id }), name, response } }, ...media];
}
