/** What a file is for, as its path says. */
export type FileRole = "manifest" | "workflow" | "document" | "test" | "generated" | "source";

const MANIFESTS = new Set(
  [
    ...[
      "package.json",
      "deno.json",
      "deno.jsonc",
      "jsr.json",
      "turbo.json",
      "nx.json",
      "pnpm-workspace.yaml",
      "lerna.json",
    ],
    ...["pyproject.toml", "requirements.txt", "setup.py", "setup.cfg", "Pipfile", "environment.yml", "tox.ini"],
    ...["go.mod", "go.work", "Cargo.toml", "composer.json", "Gemfile", "mix.exs", "pubspec.yaml", "Package.swift"],
    ...["pom.xml", "build.gradle", "build.gradle.kts", "settings.gradle", "build.sbt", "CMakeLists.txt", "Makefile"],
    ...["Dockerfile", "Containerfile", "docker-compose.yml", "docker-compose.yaml", "compose.yml", "compose.yaml"],
    ...[
      "Procfile",
      "fly.toml",
      "render.yaml",
      "vercel.json",
      "netlify.toml",
      "wrangler.toml",
      "app.json",
      "serverless.yml",
    ],
    ...["devcontainer.json", "justfile", "Justfile", "Taskfile.yml", "tsconfig.json", "alembic.ini"],
  ].map((name) => name.toLowerCase()),
);

const MANIFEST_SHAPES = [
  /^requirements[\w.-]*\.txt$/i,
  /^dockerfile\.|\.dockerfile$/i,
  /^(?:docker-)?compose\..*ya?ml$/i,
  /\.(?:csproj|sln|gemspec|cabal)$/i,
];

const WORKFLOWS =
  /^(?:\.github\/workflows\/[^/]+\.ya?ml|\.gitlab-ci\.yml|\.circleci\/config\.yml|\.travis\.yml|azure-pipelines\.yml|bitbucket-pipelines\.yml|Jenkinsfile|\.ci\/.+|\.woodpecker(?:\.yml|\/.+)|\.drone\.yml|\.buildkite\/.+)$/i;

const GENERATED =
  /(?:^|\/)(?:package-lock\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-lock\.yaml|bun\.lockb?|deno\.lock|poetry\.lock|uv\.lock|pdm\.lock|Pipfile\.lock|Cargo\.lock|composer\.lock|Gemfile\.lock|go\.sum|mix\.lock|pubspec\.lock|flake\.lock|packages\.lock\.json)$|\.min\.(?:js|css)$|\.(?:map|snap|lock|svg)$|[._-]pb2?\.(?:py|go|ts)$|\.g\.dart$|\.designer\.cs$|(?:^|\/)(?:dist|build|out|coverage|generated|__generated__|__snapshots__)\//i;

const TESTS =
  /(?:^|\/)(?:tests?|__tests__|specs?|e2e|testing|cypress)\/|(?:^|\/)test_[^/]+\.py$|[._-](?:test|tests|spec|e2e)\.[^/]+$|(?:Test|Tests|Spec)\.(?:java|kt|cs|scala|swift|php)$|_test\.(?:go|dart|exs)$/;

const DOCUMENTS =
  /\.(?:md|mdx|markdown|rst|adoc)$|(?:^|\/)(?:README|CHANGELOG|CONTRIBUTING|LICENSE|SECURITY|AUTHORS)(?:\.[^/]+)?$/i;

export function roleOf(path: string): FileRole {
  const name = path.slice(path.lastIndexOf("/") + 1);
  if (GENERATED.test(path)) return "generated";
  if (MANIFESTS.has(name.toLowerCase()) || MANIFEST_SHAPES.some((shape) => shape.test(name))) return "manifest";
  if (WORKFLOWS.test(path)) return "workflow";
  if (TESTS.test(path)) return "test";
  return DOCUMENTS.test(path) ? "document" : "source";
}

/** Whether a file is a project's or a folder's own introduction. */
export function isReadme(path: string): boolean {
  return /(?:^|\/)readme(?:[._-][\w-]+)?(?:\.[a-z]+)?$/i.test(path);
}
