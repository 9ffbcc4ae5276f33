import { writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { findServer } from "../src/cli/find_server.ts";
import type { CheckResult } from "../src/doctor/mod.ts";
import { examine, readSetup } from "../src/doctor/mod.ts";
import { startBufferingProxy } from "./_buffering_proxy.ts";
import { cogniforge, workFolder } from "./_command.ts";
import { KEY, startServer } from "./_server.ts";
import { JSON_TYPE, startUpstream, streamReply } from "./_upstream.ts";

// Some runs are programs of their own, which load the whole server.
vi.setConfig({ testTimeout: 60_000 });

interface Report {
  results: CheckResult[];
  /** Ids of what is wrong. */
  errors: string[];
  /** The result with this id, which must tell its remedy in both languages unless it is fine. */
  find(id: string): CheckResult;
}

/** What `cogniforge verify` finds, without the time that a program of its own takes; `server` is one that runs. */
async function verify(
  directory: string,
  given: Record<string, string> = {},
  { publicUrl, isServed = false }: { publicUrl?: string; isServed?: boolean } = {},
): Promise<Report> {
  const environment = { PORT: "0", ...given };
  const setup = await readSetup({ environment, directory });
  const server = isServed && setup.config ? await findServer(setup.config) : undefined;
  const results: CheckResult[] = [];
  const patient = { ...setup, server, publicUrl, signal: new AbortController().signal };
  for await (const result of examine(patient)) results.push(result);
  return reportOf(results);
}

function reportOf(results: CheckResult[]): Report {
  return {
    results,
    errors: results.filter(({ status }) => status === "error").map(({ id }) => id),
    find(id) {
      const found = results.find((result) => result.id === id);
      if (found === undefined) throw new Error(`No result '${id}' among ${results.map((result) => result.id)}`);
      if (found.status === "error" || found.status === "warning") {
        expect(found.message.ar, id).toMatch(/[ء-ي]/);
        expect(found.remedy?.en, id).toMatch(/[a-z]/);
        expect(found.remedy?.ar, id).toMatch(/[ء-ي]/);
      }
      return found;
    },
  };
}

const target = (name: string, baseUrl: string) => ({
  [name]: { dialect: "openai-chat", baseUrl, apiKeyEnv: `${name.toUpperCase()}_KEY` },
});

test("cogniforge verify passes on a good set-up, tries every door of a server of its own, and ends with 0", async () => {
  await using folder = await workFolder();
  await using upstream = await startUpstream(() => streamReply("OK"));
  const environment = { LLM_BASE_URL: `${upstream.url}/v1`, OPENAI_API_KEY: "sk-good-0123456789abcdefghijklmnop" };
  const { code, stdout } = await cogniforge(["verify", "--json"], { directory: folder.path, environment });
  const { ok, results } = JSON.parse(stdout) as { ok: boolean; results: CheckResult[] };
  const report = reportOf(results);
  expect(report.errors).toEqual([]);
  expect([code, ok]).toEqual([0, true]);
  expect(report.find("targets.openai/gpt-4o-mini").details).toMatchObject({
    firstTokenMs: expect.any(Number),
    trial: false,
  });
  expect(report.find("clock").status).toBe("ok");
  expect(upstream.requests[0]?.json).toMatchObject({ stream: true });
  for (const door of ["plain-sse", "trpc-sse", "trpc-websocket", "v1-stream", "v1", "messages"]) {
    expect(report.find(`doors.${door}`).status, door).toBe("ok");
  }
  expect(stdout).not.toContain("0123456789abcdefghijklmnop");
});

test("cogniforge verify ends with 1 when something is wrong, and says it in the language of the terminal", async () => {
  await using folder = await workFolder();
  const english = await cogniforge(["verify", "--lang", "en"], { directory: folder.path, environment: { PORT: "x" } });
  expect(english).toMatchObject({ code: 1, stdout: expect.stringContaining("✗ PORT: Expected a whole number") });
  const arabic = await cogniforge(["verify"], {
    directory: folder.path,
    environment: { PORT: "x", LANG: "ar_DZ.UTF-8" },
  });
  expect(arabic).toMatchObject({ code: 1, stdout: expect.stringContaining("يوجد خلل") });
  expect(arabic.stdout).toContain("✗ PORT: المتوقع عدد صحيح");
});

test("cogniforge verify names a missing key and a placeholder", async () => {
  await using folder = await workFolder();
  const report = await verify(folder.path, { OPENROUTER_API_KEY: "sk-or-v1-your-key-here" });
  expect(report.find("targets")).toMatchObject({ status: "error" });
  expect(report.find("targets").remedy?.en).toContain("OPENROUTER_API_KEY");
  expect(report.find("targets").remedy?.ar).toContain("OPENROUTER_API_KEY");
  expect(report.find("environment.OPENROUTER_API_KEY")).toMatchObject({
    status: "warning",
    details: { state: "placeholder" },
  });
  expect(report.find("environment.OPENAI_API_KEY")).toMatchObject({ status: "skipped", details: { state: "missing" } });
});

test("cogniforge verify tells a revoked key, an empty account, a wrong address and a dead gateway apart", async () => {
  await using folder = await workFolder();
  const refusals = { revoked: 401, poor: 402, lost: 404 };
  await using upstream = await startUpstream(({ path }) => {
    const name = path.split("/")[1] as keyof typeof refusals;
    return { status: refusals[name], headers: JSON_TYPE, pieces: ['{"error":{"message":"no"}}'] };
  });
  const closed = createServer();
  await new Promise<void>((resolve) => closed.listen(0, "127.0.0.1", resolve));
  const { port } = closed.address() as AddressInfo;
  await new Promise((resolve) => closed.close(resolve));
  const names = [...Object.keys(refusals), "dead"];
  const config = {
    providers: {
      ...target("revoked", `${upstream.url}/revoked/v1`),
      ...target("poor", `${upstream.url}/poor/v1`),
      ...target("lost", `${upstream.url}/lost/v1`),
      ...target("dead", `http://127.0.0.1:${port}/v1`),
    },
    routes: { default: { targets: names.map((provider) => ({ provider, model: "m" })) } },
  };
  await writeFile(join(folder.path, "cogniforge.config.json"), JSON.stringify(config));
  const keys = Object.fromEntries(names.map((name) => [`${name.toUpperCase()}_KEY`, `sk-${name}-0123456789abcdef`]));
  const report = await verify(folder.path, keys);
  for (const [name, code, remedy] of [
    ["revoked", "provider-auth", "REVOKED_KEY"],
    ["poor", "insufficient-credit", "POOR_KEY"],
    ["lost", "model-not-found", "/v1"],
    ["dead", "network", "baseUrl"],
  ] as const) {
    const found = report.find(`targets.${name}/m`);
    expect(found, name).toMatchObject({ status: "error", details: { code } });
    expect(found.remedy?.en, name).toContain(remedy);
    expect(found.remedy?.ar, name).toContain(remedy);
  }
  expect(report.find("targets.revoked/m").message.ar).toContain("HTTP 401");
});

test("cogniforge verify finds a proxy that holds streams back in front of a running server", async () => {
  await using server = await startServer({ environment: { ALLOW_MOCK_LLM: "true" } });
  await using proxy = await startBufferingProxy(server.url);
  const environment = { ALLOW_MOCK_LLM: "true", PORT: new URL(server.url).port };
  const report = await verify(server.directory, environment, { publicUrl: proxy.url, isServed: true });
  expect(report.find("port").message.en).toContain(server.url);
  for (const door of ["plain-sse", "trpc-sse", "v1-stream", "messages"]) {
    expect(report.find(`doors.${door}`).status, door).toBe("ok");
    const held = report.find(`public.${door}`);
    expect(held, door).toMatchObject({ status: "error", details: { heldBack: true } });
    expect(held.remedy?.en).toContain("proxy_buffering off");
    expect(held.remedy?.ar).toContain("proxy_buffering off");
  }
  expect(report.find("public.v1").status).toBe("ok");
  expect(report.find("public.trpc-websocket")).toMatchObject({ status: "warning", details: { cause: "no-upgrade" } });
  // What the doctor asked is nobody's conversation and stands in no measure.
  expect(server.app.activity().running).toBe(0);
  const counts = await server.fetch("/trpc/metrics.counters");
  expect(await counts.json()).toMatchObject({ result: { data: { started: 0 } } });
});

test("cogniforge verify takes COGNIFORGE_API_KEY where the server knows no pass of this folder", async () => {
  await using server = await startServer({ environment: { ALLOW_MOCK_LLM: "true" } });
  await using folder = await workFolder();
  const own = { ALLOW_MOCK_LLM: "true", PORT: new URL(server.url).port };
  const stranger = await verify(folder.path, own, { isServed: true });
  expect(stranger.find("doors.v1")).toMatchObject({ status: "error", details: { cause: "refused" } });
  expect(stranger.find("doors.v1").remedy?.en).toContain("COGNIFORGE_API_KEY");
  const known = await verify(folder.path, { ...own, COGNIFORGE_API_KEY: KEY }, { isServed: true });
  expect(known.errors).toEqual([]);
});

test("cogniforge verify names a data folder that can't be written, for root too", async () => {
  await using folder = await workFolder();
  // Below a file nobody can make a folder, whatever his rights.
  await writeFile(join(folder.path, "file"), "");
  const report = await verify(folder.path, {
    ALLOW_MOCK_LLM: "true",
    COGNIFORGE_DATA_DIR: join(folder.path, "file", "data"),
  });
  expect(report.find("store.folder")).toMatchObject({ status: "error", details: { fault: "not-writable" } });
  expect(report.find("store.folder").remedy?.en).toContain("COGNIFORGE_DATA_DIR");
});

test("cogniforge verify names a damaged database", async () => {
  await using folder = await workFolder();
  await writeFile(join(folder.path, "cogniforge.sqlite"), "no database ".repeat(1000));
  const report = await verify(folder.path, { ALLOW_MOCK_LLM: "true", COGNIFORGE_DATA_DIR: folder.path });
  expect(report.find("store.database")).toMatchObject({ status: "error", details: { fault: "damaged" } });
  expect(report.find("store.database").remedy?.en).toContain("restore");
});

test("cogniforge verify names who has the port, and a configuration that is wrong", async () => {
  await using folder = await workFolder();
  const other = createServer((_request, response) => response.end("another program"));
  await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
  const { port } = other.address() as AddressInfo;
  const report = await verify(folder.path, { ALLOW_MOCK_LLM: "true", PORT: String(port) });
  await new Promise((resolve) => other.close(resolve));
  expect(report.find("port")).toMatchObject({ status: "error" });
  if (process.platform === "linux") expect(report.find("port").details?.by).toContain(String(process.pid));

  const wrong = await verify(folder.path, { PORT: "99999", LLM_MAX_RETRIES: "many" });
  expect(wrong.find("configuration.PORT").status).toBe("error");
  expect(wrong.find("configuration.LLM_MAX_RETRIES").status).toBe("error");
});

test("cogniforge verify refuses an address that is none with 2, in both languages", async () => {
  await using folder = await workFolder();
  const { code, stderr } = await cogniforge(["verify", "--url", "nowhere"], { directory: folder.path });
  expect(code).toBe(2);
  expect(stderr).toMatch(/https:\/\/chat\.example\.com[\s\S]*المتوقع/);
});
