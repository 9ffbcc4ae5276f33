import { expect, test } from "vitest";
import { Subscriptions } from "./subscriptions.ts";

test("look() has every listener look for itself, also where the channel could not be entered", async () => {
  const subscriptions = new Subscriptions();
  const looked: string[] = [];
  const listen = (name: string) =>
    subscriptions.listen(name, { hear() {}, onHeard() {}, onLook: () => looked.push(name) });
  listen("before there is a connection");
  subscriptions.look();
  expect(looked).toEqual(["before there is a connection"]);

  const door = { enter: (name: string) => new Promise((resolve) => name === "entered" && resolve(undefined)) };
  subscriptions.connected({ ...door, leave: async () => {} });
  listen("entered");
  listen("never answered");
  await new Promise((resolve) => setImmediate(resolve));
  looked.length = 0;
  subscriptions.look();
  expect(looked).toEqual(["before there is a connection", "entered", "never answered"]);
});
