import type { ChatMessage } from "@cogniforge/core/providers";

interface Asked {
  messages: ChatMessage[];
  parameters: Record<string, unknown>;
}

/**
 * Writes OpenAI's old `functions` as tools, so that every model understands them, whatever its dialect.
 *
 * `functions` become `tools`, `function_call` becomes `tool_choice`; an assistant's `function_call` and the result that follows it
 * get an id in common.
 */
export function withoutLegacyFunctions({ messages, parameters }: Asked): Asked {
  const { functions, function_call: choice, ...rest } = parameters;
  return {
    messages: messages.some(isLegacy) ? withToolCalls(messages) : messages,
    parameters: {
      ...rest,
      ...(Array.isArray(functions) && { tools: functions.map((one) => ({ type: "function", function: one })) }),
      ...(choice !== undefined && choice !== null && { tool_choice: toolChoiceOf(choice) }),
    },
  };
}

function toolChoiceOf(choice: unknown): unknown {
  return typeof choice === "string" ? choice : { type: "function", function: choice };
}

function isLegacy({ role, function_call: called }: ChatMessage): boolean {
  return role === "function" || (called !== undefined && called !== null);
}

function withToolCalls(messages: readonly ChatMessage[]): ChatMessage[] {
  // The ids follow from the place, so that the same request is the same question when it is asked again.
  let calls = 0;
  return messages.map((message) => {
    const { function_call: called, ...rest } = message;
    if (message.role === "function") {
      const { name: _name, ...result } = rest;
      return { ...result, role: "tool", tool_call_id: `call_${calls}` };
    }
    if (called === undefined || called === null) return message;
    calls++;
    return { ...rest, tool_calls: [{ id: `call_${calls}`, type: "function", function: called }] };
  });
}
