import { expect, test } from "vitest";
import { TrustedProxies } from "./trusted_proxies.ts";

const LIES = () => ({
  "x-forwarded-for": "203.0.113.9",
  "x-forwarded-proto": "https",
  "x-forwarded-host": "evil.example",
  "x-forwarded-port": "1",
  forwarded: "for=203.0.113.9",
});

test("TrustedProxies.read() believes nobody by default, and takes away what was claimed", () => {
  const headers = LIES();
  expect(new TrustedProxies([]).read(headers, "127.0.0.1")).toEqual({ address: "127.0.0.1", isHttps: false });
  expect(headers).toEqual({});
});

test.each([
  ["203.0.113.9", "203.0.113.9"],
  ["1.2.3.4, 203.0.113.9", "203.0.113.9"],
  ["1.2.3.4, 203.0.113.9, 10.1.2.3", "203.0.113.9"],
  ["127.0.0.1, 203.0.113.9", "203.0.113.9"],
  ["203.0.113.9:4711", "203.0.113.9"],
  ["[2001:db8::1]:4711", "2001:db8::1"],
  ["1.2.3.4, garbage", "10.0.0.1"],
  ["garbage, 10.1.2.3", "10.1.2.3"],
  ["", "10.0.0.1"],
])("TrustedProxies.read() finds the caller behind X-Forwarded-For: %s", (forwarded, address) => {
  const proxies = new TrustedProxies(["10.0.0.0/8"]);
  expect(proxies.read({ "x-forwarded-for": forwarded }, "10.0.0.1").address).toBe(address);
});

test("TrustedProxies knows loopback, single addresses and subnets of both kinds, also mapped into IPv6", () => {
  const proxies = new TrustedProxies(["loopback", "192.0.2.7", "fd00::/8"]);
  const isTrusted = (address: string) => proxies.read(LIES(), address).isHttps;
  for (const address of ["127.0.0.1", "127.8.9.1", "::1", "::ffff:127.0.0.1", "192.0.2.7", "fd12::1"]) {
    expect(isTrusted(address), address).toBe(true);
  }
  for (const address of ["192.0.2.8", "10.0.0.1", "fe80::1", "", "garbage"])
    expect(isTrusted(address), address).toBe(false);
});

test.each(["10.0.0.0/33", "fd00::/129", "example.com", "", "*", "10.0.0.0/8/8", "10.0.0.0/-1"])(
  "TrustedProxies refuses '%s'",
  (name) => {
    expect(() => new TrustedProxies([name])).toThrow(RangeError);
  },
);
