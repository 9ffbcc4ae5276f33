// The arrows of the house: who may import whom, type imports included. `npm run check` reads this.

const TESTS = "(_test\\.ts$|\\.test\\.ts$|/conformance(\\.ts$|/)|/testing/|/e2e/|/tests?/)";
const CORE = "^packages/core/";
const below = (...folders) => `${CORE}(${folders.join("|")})/`;

// Side by side above `failures` and `events`; only the engine sees them together.
const PEERS = ["providers", "resilience", "continuation", "metrics", "journal"];

const peers = PEERS.map((folder) => ({
  name: `core-${folder}-stands-alone`,
  comment: `core/${folder} knows failures and events${folder === "providers" ? ", and sse" : ""}, never its neighbours or the engine`,
  severity: "error",
  from: { path: below(folder), pathNot: TESTS },
  to: { path: CORE, pathNot: below(folder, "failures", "events", ...(folder === "providers" ? ["sse"] : [])) },
}));

const arrow = (name, comment, from, to) => ({ name, comment, severity: "error", from, to });

// One rule for each depth of the importing file, since a pattern cannot say "one of the folders above me".
const privates = [1, 2, 3, 4, 5, 6, 7].map((depth) => {
  const groups = Array.from({ length: depth }, (_, index) => `$${index + 1}`);
  return arrow(
    "private-stays-home",
    "A _private module belongs to its own folder and what lies below",
    { path: `^((?:packages|apps)/[^/]+)${"/([^/]+)".repeat(depth - 1)}/[^/]+$` },
    {
      path: "^(packages|apps)/.*/_[^/]+\\.ts$",
      pathNot: groups.map((_, index) => `^${groups.slice(0, index + 1).join("/")}/_[^/]+$`),
    },
  );
});

export default {
  forbidden: [
    arrow("no-cycles", "A file never reaches itself again, type imports included", {}, { circular: true }),
    arrow(
      "imports-exist",
      "An import names a file or a package that is there",
      {},
      {
        couldNotResolve: true,
        // SvelteKit and Vite make these while they build.
        pathNot: "(^|/)\\$types(\\.d\\.ts)?$|^(\\$app|\\$service-worker|virtual:)",
      },
    ),

    arrow(
      "core-events-first",
      "core/events imports nothing of the house",
      { path: below("events"), pathNot: TESTS },
      {
        path: "^(packages|apps)/",
        pathNot: below("events"),
      },
    ),
    arrow(
      "core-sse-alone",
      "core/sse imports nothing of the house",
      { path: below("sse"), pathNot: TESTS },
      {
        path: "^(packages|apps)/",
        pathNot: below("sse"),
      },
    ),
    arrow(
      "core-failures-on-events",
      "core/failures knows core/events alone",
      { path: below("failures"), pathNot: TESTS },
      {
        path: "^(packages|apps)/",
        pathNot: below("failures", "events"),
      },
    ),
    ...peers,
    arrow(
      "core-is-the-ground",
      "packages/core imports no other workspace",
      { path: CORE },
      {
        path: "^(packages|apps)/",
        pathNot: CORE,
      },
    ),
    arrow(
      "core-is-pure",
      "packages/core runs on Node, Deno and Bun: web standards, no Node module",
      { path: CORE, pathNot: TESTS },
      {
        dependencyTypes: ["core"],
      },
    ),
    arrow(
      "core-doors-inside",
      "From another folder of core, only its mod.ts is imported",
      { path: `${CORE}([^/]+)/`, pathNot: TESTS },
      { path: `${CORE}[^/]+/`, pathNot: [`${CORE}$1/`, `${CORE}[^/]+/mod\\.ts$`] },
    ),
    arrow(
      "core-doors-outside",
      "From outside, core is imported through the doors that its package names",
      { path: "^(packages/client|apps)/" },
      {
        path: CORE,
        // The tools of core's tests have no door on purpose; that only tests take them is its own rule.
        pathNot: `${CORE}(testing/.+|[^/]+/mod|journal/conformance|providers/ai_sdk/mod)\\.ts$|${CORE}[^/]+/(conformance|testing)/mod\\.ts$`,
      },
    ),
    ...privates,

    arrow(
      "nobody-on-admin",
      "Nothing imports the console",
      { path: "^(packages|apps/server)/" },
      { path: "^apps/admin/" },
    ),
    arrow("nobody-on-bench", "The bench measures from outside", { path: "^(packages|apps)/" }, { path: "^bench/" }),
    arrow(
      "server-not-on-client",
      "apps/server does not import the client; its tests may, as readers",
      { path: "^apps/server/", pathNot: TESTS },
      { path: "^packages/client/" },
    ),
    arrow(
      "takes-types-of-server",
      "Of the server, client and console take types only",
      { path: "^(packages/client|apps/admin/src)/", pathNot: TESTS },
      { path: "^apps/server/", dependencyTypesNot: ["type-only"] },
    ),
    arrow(
      "takes-the-routers-types",
      "Of the server, client and console know the router alone",
      { path: "^(packages/client|apps/admin/src)/", pathNot: TESTS },
      { path: "^apps/server/", pathNot: "^apps/server/src/doors/trpc/router\\.ts$" },
    ),
    arrow(
      "workspaces-by-name",
      "One workspace imports another by its package's name",
      { path: "^((?:packages|apps)/[^/]+)/" },
      { path: "^(packages|apps)/", pathNot: ["^$1/", `${CORE}testing/`], dependencyTypes: ["local"] },
    ),
    arrow(
      "tests-are-leaves",
      "What only tests use stays with the tests",
      { path: "^(packages|apps)/", pathNot: TESTS },
      { path: "^(packages|apps)/.*(_test\\.ts$|\\.test\\.ts$|/testing/)" },
    ),
  ],
  options: {
    tsPreCompilationDeps: true,
    parser: "tsc",
    doNotFollow: { path: "node_modules" },
    exclude: { path: "(^|/)(node_modules|\\.peers|build|\\.svelte-kit|paraglide|test-results)/" },
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["svelte", "import", "node", "default"] },
  },
};
