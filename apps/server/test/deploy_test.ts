// What the files of deploy say of the program is true of it.

import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { CATALOGUE } from "@cogniforge/core/metrics";
import { PRESETS } from "@cogniforge/core/providers";
import { describe, expect, test } from "vitest";
import { loadConfig } from "../src/config/mod.ts";
import { healthRoutes } from "../src/doors/health/door.ts";
import { noteNotRun } from "./not_run.ts";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const DEPLOY = join(ROOT, "deploy");
const KUBERNETES = join(DEPLOY, "kubernetes");

/** Beyond the drain: readers hear the end, and everything is closed. */
const CLOSING_SECONDS = 3;

// biome-ignore lint/suspicious/noExplicitAny: files of several formats, each looked at by its test
type Yaml = any;

/** Bun is what this workspace has to read YAML; `undefined` where it does not start. */
async function readYaml(path: string): Promise<Yaml> {
  const script = "console.log(JSON.stringify(Bun.YAML.parse(await Bun.file(process.env.YAML_FILE).text())))";
  const { stdout } = await promisify(execFile)(join(ROOT, "node_modules/.bin/bun"), ["-e", script], {
    env: { ...process.env, YAML_FILE: path },
  });
  return JSON.parse(stdout);
}

async function yamlFiles(): Promise<string[]> {
  const names = await readdir(DEPLOY, { recursive: true });
  return names.filter((name) => /\.ya?ml$/.test(name)).map((name) => join(DEPLOY, name));
}

const isReadable = await readYaml(join(ROOT, "compose.yaml")).then(
  () => true,
  () => false,
);
if (!isReadable) noteNotRun("the tests of the files in deploy", "bun, which reads YAML for them, does not start");

/** `${NAME}`, `${NAME:-default}` and `${NAME:?why}` as Compose fills them in. */
function fillIn(value: string, environment: Record<string, string>): string {
  return value.replace(/\$\{(\w+)(?::([-?])([^}]*))?\}/g, (_, name: string, kind = "", rest = "") => {
    const found = environment[name];
    if (found) return found;
    if (kind === "?") throw new Error(`Expected ${name} in .env: ${rest}`);
    return rest;
  });
}

/** Reads it as the program would at its start. */
async function configOf(environment: Record<string, string>) {
  const directory = await mkdtemp(join(tmpdir(), "cogniforge-deploy-"));
  try {
    return await loadConfig({ environment, directory });
  } finally {
    await rm(directory, { recursive: true });
  }
}

/** Names that the configuration does not read. */
async function unknownIn(names: readonly string[]): Promise<string[]> {
  const folder = new URL("../src/config/", import.meta.url);
  const files = (await readdir(folder)).filter((name) => /^[a-z]\w*(?<!_test|ignored_variables)\.ts$/.test(name));
  const sources = await Promise.all(files.map((name) => readFile(new URL(name, folder), "utf8")));
  const keys = PRESETS.map(({ keyVariable }) => `"${keyVariable}"`);
  const read = [...sources, ...keys].join("\n");
  return names.filter((name) => !new RegExp(`"${name}"|\\b${name}: `).test(read));
}

const PATHS = healthRoutes(() => ({ store: { ok: true }, targets: { ok: true }, draining: { ok: true } }));
const isHealthPath = (path: string) => PATHS.some((route) => route.path.test(path));

const GIVEN = {
  POSTGRES_PASSWORD: "p0stgres",
  REDIS_PASSWORD: "r3dis",
  COGNIFORGE_METRICS_TOKEN: "0123456789abcdef",
  GRAFANA_PASSWORD: "gr4fana",
};

describe.runIf(isReadable)("deploy", () => {
  test("all of its YAML can be read, and no image floats", async () => {
    const files = await yamlFiles();
    expect(files.length).toBeGreaterThan(12);
    for (const file of files) expect(await readYaml(file), file).toBeTypeOf("object");
    const { services } = await readYaml(join(DEPLOY, "compose.replicas.yaml"));
    for (const { image } of Object.values<Yaml>(services)) expect(image).toMatch(/^cogniforge$|:v?\d+\.\d+/);
  });

  test("compose.replicas.yaml starts servers with a configuration that they take, and secrets that only .env knows", async () => {
    const { services, secrets } = await readYaml(join(DEPLOY, "compose.replicas.yaml"));
    const servers = Object.entries<Yaml>(services).filter(([name]) => /^cogniforge-\d+$/.test(name));
    expect(servers.length).toBe(2);
    for (const [, { environment, stop_grace_period: grace }] of servers) {
      expect(await unknownIn(Object.keys(environment))).toEqual([]);
      expect(() => Object.values<string>(environment).map((value) => fillIn(value, {}))).toThrow("in .env");
      const filled = Object.entries<string>(environment).map(([name, value]) => [name, fillIn(value, GIVEN)]);
      const { shared, drainMs, trustedProxies, metricsToken } = await configOf(Object.fromEntries(filled));
      expect(shared?.databaseUrl.reveal()).toBe(
        `postgres://cogniforge:${GIVEN.POSTGRES_PASSWORD}@postgres:5432/cogniforge`,
      );
      expect(shared?.redisUrl.reveal()).toBe(`redis://:${GIVEN.REDIS_PASSWORD}@redis:6379`);
      expect(metricsToken?.reveal()).toBe(GIVEN.COGNIFORGE_METRICS_TOKEN);
      expect(trustedProxies).toEqual([services.caddy.networks.front.ipv4_address]);
      expect(Number.parseInt(grace, 10)).toBeGreaterThanOrEqual(drainMs / 1000 + CLOSING_SECONDS);
      // What the durability asks of Redis is what Redis is told.
      const command = services.redis.command.join(" ");
      expect(command).toContain("--maxmemory-policy noeviction");
      if (shared?.durability === "aof") expect(command).toMatch(/--appendonly yes --appendfsync always/);
    }
    expect(secrets["metrics-token"]).toEqual({ environment: "COGNIFORGE_METRICS_TOKEN" });
    const text = await readFile(join(DEPLOY, "compose.replicas.yaml"), "utf8");
    for (const [, value = ""] of text.matchAll(/(?:PASSWORD|TOKEN|_KEY|AUTH): (.*)/g)) expect(value).toMatch(/^\$\{/);
  });

  test("compose.replicas.yaml mounts files that are there, and names servers that it starts", async () => {
    const { services, volumes } = await readYaml(join(DEPLOY, "compose.replicas.yaml"));
    for (const service of Object.values<Yaml>(services)) {
      for (const mount of service.volumes ?? []) {
        const [source = ""] = String(mount).split(":");
        if (source.startsWith("./")) expect(existsSync(join(DEPLOY, source)), source).toBe(true);
        else expect(Object.keys(volumes)).toContain(source);
      }
    }
    const port = /PORT=(\d+)/.exec(await readFile(join(ROOT, "Dockerfile"), "utf8"))?.[1];
    const names = Object.keys(services).filter((name) => /^cogniforge-\d+$/.test(name));
    const addresses = names.map((name) => `${name}:${port}`);
    expect(services.caddy.environment.UPSTREAMS.split(" ")).toEqual(addresses);
    const { scrape_configs: jobs } = await readYaml(join(DEPLOY, "prometheus/replicas.yml"));
    expect(jobs[0].static_configs[0].targets).toEqual(addresses);
    expect(jobs[0].job_name, "the alerts' own").toBe("cogniforge");
    expect(services.prometheus.secrets[0].target).toBe(jobs[0].authorization.credentials_file);
    const { 0: source } = (await readYaml(join(DEPLOY, "grafana/provisioning/datasources/prometheus.yml"))).datasources;
    expect([source.url, services.grafana.network_mode]).toEqual(["http://127.0.0.1:9090", "service:prometheus"]);
    const proxies = await Promise.all(
      ["nginx.conf", "Caddyfile"].map((name) => readFile(join(DEPLOY, "proxies", name), "utf8")),
    );
    for (const text of proxies) for (const address of addresses) expect(text).toContain(address);
    expect(isHealthPath(/health_uri (\S+)/.exec(proxies[1] ?? "")?.[1] ?? "")).toBe(true);
  });

  test("the manifests probe paths that exist, leave time for the drain, and give variables that are read", async () => {
    const { spec } = await readYaml(join(KUBERNETES, "deployment.yaml"));
    const { spec: pod } = spec.template;
    const [container] = pod.containers;
    for (const name of ["startupProbe", "livenessProbe", "readinessProbe"]) {
      expect(isHealthPath(container[name].httpGet.path), name).toBe(true);
      expect(container[name].httpGet.port).toBe(container.ports[0].name);
    }
    const dockerfile = await readFile(join(ROOT, "Dockerfile"), "utf8");
    expect(dockerfile).toContain(`EXPOSE ${container.ports[0].containerPort}\n`);
    expect(spec.strategy.rollingUpdate.maxUnavailable).toBe(0);
    const { data } = await readYaml(join(KUBERNETES, "settings.yaml"));
    const { stringData } = await readYaml(join(KUBERNETES, "secret_example.yaml"));
    expect(await unknownIn([...Object.keys(data), ...Object.keys(stringData)])).toEqual([]);
    const real = {
      DATABASE_URL: "postgres://u:p@db.house.test/cogniforge",
      REDIS_URL: "redis://:p@redis.house.test",
    };
    const { drainMs, shared } = await configOf({ ...data, ...real });
    expect(shared?.durability).toBe(data.COGNIFORGE_REDIS_DURABILITY);
    const waitSeconds = Number(container.lifecycle.preStop.exec.command[1]);
    expect(pod.terminationGracePeriodSeconds).toBeGreaterThanOrEqual(waitSeconds + drainMs / 1000 + CLOSING_SECONDS);
    const mounted = container.volumeMounts.map(({ mountPath }: Yaml) => mountPath);
    expect(mounted).toContain(/COGNIFORGE_DATA_DIR=(\S+)/.exec(dockerfile)?.[1]);
  });

  test("the manifests hang together, and scale by a measure that there is", async () => {
    const { resources } = await readYaml(join(KUBERNETES, "kustomization.yaml"));
    const examples = ["kustomization.yaml", "secret_example.yaml", "pod_monitor_example.yaml"];
    expect([...resources, ...examples].toSorted()).toEqual((await readdir(KUBERNETES)).toSorted());
    const { spec: autoscaler } = await readYaml(join(KUBERNETES, "autoscaler.yaml"));
    const [{ pods }] = autoscaler.metrics;
    const measure = Object.values(CATALOGUE).find(({ name }) => name === pods.metric.name);
    expect(measure?.kind).toBe("gauge");
    const [deployment, service, ingress, budget, network] = await Promise.all(
      ["deployment", "service", "ingress", "disruption", "network"].map((name) =>
        readYaml(join(KUBERNETES, `${name}.yaml`)),
      ),
    );
    const { labels } = deployment.spec.template.metadata;
    expect(autoscaler.scaleTargetRef.name).toBe(deployment.metadata.name);
    expect(service.spec.selector).toEqual(labels);
    expect(service.spec.ports[0].targetPort).toBe(deployment.spec.template.spec.containers[0].ports[0].name);
    for (const { selector, podSelector } of [deployment.spec, budget.spec, network.spec]) {
      expect((selector ?? podSelector).matchLabels).toEqual(labels);
    }
    const { backend } = ingress.spec.rules[0].http.paths[0];
    expect([backend.service.name, backend.service.port]).toEqual([service.metadata.name, { name: "http" }]);
    expect(ingress.metadata.annotations["nginx.ingress.kubernetes.io/proxy-buffering"]).toBe("off");
  });
});

const hasKubectl = await promisify(execFile)("kubectl", ["version", "--client"]).then(
  () => true,
  () => false,
);
if (!hasKubectl) noteNotRun("kubectl over deploy/kubernetes", "it is not on this machine");

test.runIf(hasKubectl)("kubectl puts deploy/kubernetes together, with the image of the kustomization", async () => {
  const { stdout } = await promisify(execFile)("kubectl", ["kustomize", KUBERNETES]);
  expect(stdout).toContain("image: registry.example.com/cogniforge:0.1.0\n");
  expect(stdout).not.toContain("kind: Secret\n");
});
