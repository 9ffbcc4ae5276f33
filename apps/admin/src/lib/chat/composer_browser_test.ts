import { beforeAll, beforeEach, expect, test, vi } from "vitest";
import { userEvent } from "vitest/browser";
import { render } from "vitest-browser-svelte";
import "../../app.css";
import { overwriteGetLocale } from "#lib/paraglide/runtime.js";
import Composer from "./Composer.svelte";

beforeAll(() => overwriteGetLocale(() => "en"));
beforeEach(() => sessionStorage.clear());

async function compose(isAnswering = false, draftKey = "new") {
  const onAsk = vi.fn();
  const onStop = vi.fn();
  const { container } = await render(Composer, { isAnswering, draftKey, onAsk, onStop });
  const field = container.querySelector("textarea");
  if (field === null) throw new Error("There is no field");
  return { container, field, onAsk, onStop };
}

test("Composer sends with Enter, exactly what was written, and is empty again", async () => {
  const { field, onAsk } = await compose();
  await userEvent.fill(field, "  سَلام 👋 ");
  await userEvent.keyboard("{Enter}");
  expect(onAsk.mock.calls).toEqual([["  سَلام 👋 "]]);
  expect(field.value).toBe("");
});

test("Composer starts a new line with Shift and Enter, and grows with it", async () => {
  const { field, onAsk } = await compose();
  await userEvent.fill(field, "one");
  const height = field.clientHeight;
  await userEvent.keyboard("{Shift>}{Enter}{Enter}{/Shift}two");
  expect(field.value).toBe("one\n\ntwo");
  expect(field.clientHeight).toBeGreaterThan(height);
  expect(onAsk).not.toHaveBeenCalled();
});

test("Composer leaves Enter to an input method that composes", async () => {
  const { field, onAsk } = await compose();
  await userEvent.fill(field, "にほん");
  const press = (init: KeyboardEventInit) =>
    field.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true, ...init }));
  press({ isComposing: true });
  press({ keyCode: 229 });
  expect(onAsk).not.toHaveBeenCalled();
  press({});
  expect(onAsk).toHaveBeenCalledOnce();
});

test("Composer sends nothing that is empty", async () => {
  const { container, field, onAsk } = await compose();
  await userEvent.fill(field, " \n ");
  await userEvent.keyboard("{Enter}");
  expect(onAsk).not.toHaveBeenCalled();
  expect(container.querySelector<HTMLButtonElement>("button")?.disabled).toBe(true);
});

test("Composer stops an answer and keeps what is being written", async () => {
  const { container, field, onAsk, onStop } = await compose(true);
  await userEvent.fill(field, "next question");
  await userEvent.keyboard("{Enter}");
  expect(onAsk).not.toHaveBeenCalled();
  expect(field.value).toBe("next question");
  container.querySelector<HTMLButtonElement>("button")?.click();
  expect(onStop).toHaveBeenCalledOnce();
});

test("Composer gives back the draft of its conversation, and of no other", async () => {
  const first = await compose(false, "conversation-1");
  await userEvent.fill(first.field, "half a question");
  const other = await compose(false, "conversation-2");
  expect(other.field.value).toBe("");
  const second = await compose(false, "conversation-1");
  await vi.waitFor(() => expect(second.field.value).toBe("half a question"));
});
