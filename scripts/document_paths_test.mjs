import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { missingPaths, namedPaths } from "./document_paths.mjs";

function project(t) {
  const root = mkdtempSync(join(tmpdir(), "documents-"));
  t.after(() => rmSync(root, { recursive: true }));
  mkdirSync(join(root, "docs"));
  mkdirSync(join(root, "packages/core"), { recursive: true });
  for (const file of ["README.md", "docs/guide.md", "packages/core/mod.ts"]) writeFileSync(join(root, file), "");
  return root;
}

const missing = (root, document, markdown) => missingPaths(root, document, markdown).map(({ path }) => path);

test("namedPaths() gives the targets of links and the paths in backticks with their lines", () => {
  assert.deepEqual(namedPaths("[a](docs/guide.md#top)\n\nSee `packages/core/mod.ts:12`."), [
    { path: "docs/guide.md", line: 1, isLink: true },
    { path: "packages/core/mod.ts", line: 3, isLink: false },
  ]);
});

test("namedPaths() leaves out fenced code, addresses, anchors, patterns and placeholders", () => {
  const text =
    "```sh\n`docs/no.md`\n```\n[b](https://x.test/y) [c](#d) [e](mailto:f@g.test) `packages/*/mod.ts` `a/.../b` `npm run check`";
  assert.deepEqual(namedPaths(text), []);
});

test("missingPaths() accepts what is there, from the root and from beside the document", (t) => {
  const root = project(t);
  assert.deepEqual(
    missing(root, "docs/guide.md", "[a](../README.md) `packages/core/mod.ts` `guide.md` `packages/core/`"),
    [],
  );
});

test("missingPaths() finds a link that leads nowhere and a path that is gone", (t) => {
  const root = project(t);
  assert.deepEqual(missing(root, "docs/guide.md", "[a](README.md)\n`packages/core/old.ts` `./gone.ts` `GONE.md`"), [
    "README.md",
    "packages/core/old.ts",
    "./gone.ts",
    "GONE.md",
  ]);
});

test("missingPaths() takes a model's name and a media type for no path", (t) => {
  assert.deepEqual(
    missing(project(t), "README.md", "`openai/gpt-4o-mini` `text/event-stream` `v1/chat/completions`"),
    [],
  );
});
