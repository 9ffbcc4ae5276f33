/** How a language's declarations look on a line of their own. */
export interface SymbolPattern {
  kind: "class" | "function" | "type" | "value";
  /** Its first group that matched is the name. */
  pattern: RegExp;
}

export interface Language {
  name: string;
  /** Whether it is a language in which programs are written, not data or prose. */
  isCode: boolean;
  symbols: readonly SymbolPattern[];
}

const NAME = String.raw`([\p{L}_$][\p{L}\p{N}_$]*)`;
const pattern = (kind: SymbolPattern["kind"], source: string): SymbolPattern => ({
  kind,
  pattern: new RegExp(source.replaceAll("NAME", NAME), "u"),
});

const SCRIPT = [
  pattern("class", String.raw`^(?:export\s+)?(?:default\s+)?(?:abstract\s+)?class\s+NAME`),
  pattern("function", String.raw`^(?:export\s+)?(?:default\s+)?(?:async\s+)?function\s*\*?\s*NAME`),
  pattern("type", String.raw`^(?:export\s+)?(?:declare\s+)?(?:interface|type|enum|namespace)\s+NAME`),
  pattern("value", String.raw`^export\s+(?:const|let|var)\s+NAME`),
  pattern(
    "function",
    String.raw`^const\s+NAME\s*(?::[^=]+)?=\s*(?:async\s*)?(?:\([^)]*\)|[\p{L}_$][\p{L}\p{N}_$]*)\s*(?::[^=]+)?=>`,
  ),
  pattern("function", String.raw`^(?:module\.)?exports\.NAME\s*=`),
];
const PYTHON = [
  pattern("class", String.raw`^class\s+NAME`),
  pattern("function", String.raw`^(?:async\s+)?def\s+NAME`),
  pattern("function", String.raw`^ {4}(?:async\s+)?def\s+((?!_)[\p{L}][\p{L}\p{N}_]*)`),
];
const JVM_MODIFIERS = String.raw`(?:(?:public|private|protected|internal|static|final|abstract|sealed|open|data|override|suspend|inline|partial|async|virtual|readonly|unsafe|extern)\s+)*`;
const C_LIKE = [
  pattern("class", String.raw`^\s{0,4}${JVM_MODIFIERS}(?:class|object|record|struct)\s+NAME`),
  pattern("type", String.raw`^\s{0,4}${JVM_MODIFIERS}(?:interface|enum(?:\s+class)?|trait|@interface)\s+NAME`),
];
/** A return type, a name and an opening bracket, with at least one modifier before them: else every call would be one. */
const JAVA_METHOD = pattern(
  "function",
  String.raw`^\s{2,8}(?:(?:public|protected|internal|static|final|abstract|override|virtual|async)\s+)+[\p{L}_][\p{L}\p{N}_<>\[\], ?.]*\s+NAME\s*\(`,
);

const code = (name: string, symbols: readonly SymbolPattern[] = []): Language => ({ name, isCode: true, symbols });
const data = (name: string): Language => ({ name, isCode: false, symbols: [] });

const TYPESCRIPT = code("TypeScript", SCRIPT);
const JAVASCRIPT = code("JavaScript", SCRIPT);
const C = code("C", [
  pattern("type", String.raw`^(?:typedef\s+)?(?:struct|enum|union)\s+NAME`),
  pattern(
    "function",
    String.raw`^(?!(?:return|else|if|for|while|switch|using|typedef)\b)[\p{L}_][\p{L}\p{N}_ *&:<>,]*[\s*&]NAME\s*\([^;]*$`,
  ),
]);
const CPP = code("C++", [pattern("class", String.raw`^(?:template\s*<[^>]*>\s*)?class\s+NAME`), ...C.symbols]);
const KOTLIN = code("Kotlin", [
  ...C_LIKE,
  pattern("function", String.raw`^\s{0,4}${JVM_MODIFIERS}fun\s+(?:<[^>]+>\s*)?(?:[\p{L}\p{N}_.<>]+\.)?NAME\s*\(`),
]);
const SHELL = code("Shell", [pattern("function", String.raw`^(?:function\s+)?([\p{L}_][\p{L}\p{N}_-]*)\s*\(\)\s*\{?`)]);
const YAML = data("YAML");

const BY_EXTENSION: Record<string, Language> = {
  ...{ ts: TYPESCRIPT, mts: TYPESCRIPT, cts: TYPESCRIPT, tsx: TYPESCRIPT },
  ...{ js: JAVASCRIPT, mjs: JAVASCRIPT, cjs: JAVASCRIPT, jsx: JAVASCRIPT },
  ...{ svelte: code("Svelte", SCRIPT), vue: code("Vue", SCRIPT), astro: code("Astro", SCRIPT) },
  ...{ py: code("Python", PYTHON), pyi: code("Python", PYTHON), ipynb: data("Notebook") },
  go: code("Go", [
    pattern("function", String.raw`^func\s+(?:\([^)]*\)\s*)?NAME`),
    pattern("type", String.raw`^type\s+NAME`),
  ]),
  rs: code("Rust", [
    pattern(
      "function",
      String.raw`^\s{0,4}(?:pub(?:\([^)]*\))?\s+)?(?:const\s+|async\s+|unsafe\s+|extern\s+"[^"]*"\s+)*fn\s+NAME`,
    ),
    pattern("type", String.raw`^(?:pub(?:\([^)]*\))?\s+)?(?:struct|enum|trait|union|type|mod)\s+NAME`),
    pattern("value", String.raw`^(?:#\[macro_export\]\s*)?macro_rules!\s+NAME`),
  ]),
  java: code("Java", [...C_LIKE, JAVA_METHOD]),
  ...{ kt: KOTLIN, kts: KOTLIN },
  cs: code("C#", [...C_LIKE, JAVA_METHOD]),
  scala: code("Scala", [...C_LIKE, pattern("function", String.raw`^\s{0,4}${JVM_MODIFIERS}def\s+NAME`)]),
  swift: code("Swift", [
    pattern("class", String.raw`^\s{0,4}(?:\w+\s+)*(?:class|struct|actor|extension|protocol|enum)\s+NAME`),
    pattern("function", String.raw`^\s{0,4}(?:\w+\s+)*func\s+NAME`),
  ]),
  dart: code("Dart", [...C_LIKE, pattern("type", String.raw`^(?:mixin|extension|typedef)\s+NAME`)]),
  php: code("PHP", [
    ...C_LIKE,
    pattern("function", String.raw`^\s{0,4}(?:(?:public|protected|static|abstract|final)\s+)*function\s+&?NAME`),
  ]),
  rb: code("Ruby", [
    pattern("class", String.raw`^\s{0,4}(?:class|module)\s+([\p{Lu}][\p{L}\p{N}_:]*)`),
    pattern("function", String.raw`^\s{0,4}def\s+((?:self\.)?[\p{L}_][\p{L}\p{N}_]*[?!=]?)`),
  ]),
  ...{ ex: code("Elixir", [pattern("class", String.raw`^\s*defmodule\s+([\p{L}\p{N}_.]+)`)]), erl: code("Erlang") },
  lua: code("Lua", [pattern("function", String.raw`^(?:local\s+)?function\s+([\p{L}_][\p{L}\p{N}_.:]*)`)]),
  ...{ c: C, h: C, cc: CPP, cpp: CPP, cxx: CPP, hpp: CPP, hh: CPP },
  ...{
    sh: SHELL,
    bash: SHELL,
    zsh: SHELL,
    ps1: code("PowerShell", [pattern("function", String.raw`^function\s+([\w-]+)`)]),
  },
  ...{
    r: code("R"),
    jl: code("Julia"),
    hs: code("Haskell"),
    ml: code("OCaml"),
    clj: code("Clojure"),
    zig: code("Zig"),
  },
  sql: code("SQL", [
    pattern(
      "type",
      String.raw`^\s*(?:CREATE|create)\s+(?:OR\s+REPLACE\s+)?(?:TABLE|VIEW|FUNCTION|PROCEDURE|TYPE|table|view|function)\s+(?:(?:IF NOT EXISTS|if not exists)\s+)?["\x60]?([\p{L}_][\p{L}\p{N}_.]*)`,
    ),
  ]),
  ...{ graphql: code("GraphQL", [pattern("type", String.raw`^(?:type|input|enum|interface|scalar)\s+NAME`)]) },
  proto: code("Protocol Buffers", [pattern("type", String.raw`^(?:message|service|enum)\s+NAME`)]),
  ...{
    tf: code("Terraform", [pattern("type", String.raw`^resource\s+"[^"]+"\s+"([^"]+)"`)]),
    sol: code("Solidity", C_LIKE),
  },
  ...{ html: code("HTML"), htm: code("HTML"), css: code("CSS"), scss: code("SCSS"), less: code("Less") },
  ...{
    json: data("JSON"),
    jsonc: data("JSON"),
    json5: data("JSON"),
    yaml: YAML,
    yml: YAML,
    toml: data("TOML"),
    xml: data("XML"),
  },
  ...{ md: data("Markdown"), mdx: data("Markdown"), markdown: data("Markdown"), rst: data("reStructuredText") },
  ...{
    adoc: data("AsciiDoc"),
    txt: data("Text"),
    csv: data("CSV"),
    ini: data("INI"),
    cfg: data("INI"),
    conf: data("INI"),
  },
};

const BY_NAME: Record<string, Language> = {
  Dockerfile: code("Dockerfile"),
  Containerfile: code("Dockerfile"),
  Makefile: code("Makefile", [pattern("function", String.raw`^([\w.-]+)\s*:(?!=)`)]),
  Rakefile: code("Ruby"),
  Gemfile: code("Ruby"),
  Jenkinsfile: code("Groovy"),
};

/** The language of a file by its name; `undefined` where it is none that is known. */
export function languageOf(path: string): Language | undefined {
  const name = path.slice(path.lastIndexOf("/") + 1);
  const extension = name.slice(name.lastIndexOf(".") + 1).toLowerCase();
  return BY_NAME[name] ?? BY_NAME[name.split(".", 1)[0] ?? ""] ?? BY_EXTENSION[extension];
}
