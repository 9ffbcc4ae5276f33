import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { classifyTransportError } from "@cogniforge/core/failures";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTransport } from "./transport.ts";

/** Names as a name server of an attacker's would give them, each time it is asked. */
const NAMES: Record<string, () => string[]> = {
  "works.example": () => ["127.0.0.1"],
  "metadata.example": () => ["169.254.169.254"],
  "mapped.example": () => ["::ffff:169.254.169.254"],
  "link.example": () => ["fe80::1%lo"],
  "mixed.example": () => ["169.254.169.254", "127.0.0.1"],
  "rebinding.example": () => (++asked % 2 === 1 ? ["127.0.0.1"] : ["169.254.169.254"]),
};
let asked = 0;

const transport = createTransport({
  lookup(hostname, _options, callback) {
    const addresses = NAMES[hostname]?.() ?? [];
    callback(
      null,
      addresses.map((address) => ({ address, family: address.includes(":") ? 6 : 4 })),
    );
  },
});

let port: number;
let paths: string[] = [];
const server = createServer((request, response) => {
  paths.push(request.url ?? "");
  const { location } = Object.fromEntries(new URL(request.url ?? "/", "http://x").searchParams);
  response.writeHead(location === undefined ? 200 : 307, { ...(location && { location }), connection: "close" });
  response.end("hello");
});

beforeAll(async () => {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  ({ port } = server.address() as AddressInfo);
});

afterAll(async () => {
  await transport.close();
  server.close();
});

const ask = async (url: string) => {
  const response = await transport.fetch(url, { method: "POST", body: "{}", connectTimeoutMs: 2_000 });
  await response.body?.getReader().cancel();
  return response.status;
};

test.each(["metadata.example", "mapped.example", "link.example"])(
  "createTransport() does not connect to %s, a name that leads to a cloud's metadata service",
  async (name) => {
    const error = await ask(`http://${name}:${port}/v1`).catch((reason: unknown) => reason);
    expect(classifyTransportError(error, { stage: "before-headers" })).toMatchObject({
      code: "network",
      action: "fallback",
      detail: expect.stringContaining("metadata service"),
    });
  },
);

test("createTransport() connects to what a name leads to beside a forbidden address", async () => {
  expect(await ask(`http://mixed.example:${port}/v1`)).toBe(200);
  expect(await ask(`http://works.example:${port}/v1`)).toBe(200);
});

test("createTransport() judges a name anew at each connection, so that it cannot change its mind after it was checked", async () => {
  expect(await ask(`http://rebinding.example:${port}/v1`)).toBe(200);
  await expect(ask(`http://rebinding.example:${port}/v1`)).rejects.toMatchObject({ code: "EACCES" });
});

test.each([
  "http://169.254.169.254/latest/meta-data/",
  "http://2852039166/",
  "http://[::ffff:a9fe:a9fe]/",
  "http://[fd00:ec2::254]/",
  "http://metadata.google.internal/computeMetadata/v1/",
  "file:///etc/passwd",
  "data:text/plain,x",
  "blob:http://127.0.0.1/x",
])("createTransport() does not ask %s", async (url) => {
  await expect(ask(url)).rejects.toMatchObject({ code: "EACCES" });
});

test("createTransport() follows no redirect", async () => {
  paths = [];
  for (const location of ["http://169.254.169.254/", `http://127.0.0.1:${port}/stolen`, "file:///etc/passwd"]) {
    expect(await ask(`http://127.0.0.1:${port}/?location=${encodeURIComponent(location)}`)).toBe(307);
  }
  expect(paths).toHaveLength(3);
  expect(paths).not.toContain("/stolen");
});
