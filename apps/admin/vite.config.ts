import { fileURLToPath } from "node:url";
import { compile, paraglideVitePlugin } from "@inlang/paraglide-js";
import adapter from "@sveltejs/adapter-node";
import { sveltekit } from "@sveltejs/kit/vite";
import tailwindcss from "@tailwindcss/vite";
import { playwright } from "@vitest/browser-playwright";
import { defineConfig } from "vitest/config";
import { CHROMIUM_LAUNCH } from "./chromium_launch.ts";

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

const paraglide = {
  project: at("./project.inlang"),
  outdir: at("./src/lib/paraglide"),
  strategy: ["cookie", "preferredLanguage", "baseLocale"] as ["cookie", "preferredLanguage", "baseLocale"],
  cookieName: "cf_locale",
  outputStructure: "message-modules" as const,
  emitTsDeclarations: true,
  // Several commands may read the messages at the same time: none may find the folder wiped.
  cleanOutdir: false,
};

// `svelte-kit sync` loads this file but runs no plugin, and the types of the messages must be there for svelte-check.
await compile(paraglide);

/** The server behind the console while it is developed. */
const devServer = process.env.COGNIFORGE_DEV_SERVER ?? "http://127.0.0.1:4100";

export default defineConfig({
  plugins: [
    paraglideVitePlugin(paraglide),
    tailwindcss(),
    sveltekit({
      adapter: adapter(),
      compilerOptions: { runes: true },
      csp: {
        mode: "nonce",
        directives: {
          "default-src": ["none"],
          "script-src": ["self"],
          "style-src": ["self"],
          // The one style attribute there is: SvelteKit's own, which hides what it tells screen readers of a navigation.
          "style-src-attr": ["unsafe-hashes", "sha256-S8qMpvofolR8Mpjy4kQvEm7m1q8clzU4dfDH0AmvZjo="],
          "img-src": ["self", "data:"],
          "font-src": ["self"],
          "connect-src": ["self"],
          "manifest-src": ["self"],
          "form-action": ["self"],
          "base-uri": ["none"],
          "frame-ancestors": ["none"],
        },
      },
    }),
  ],
  // The page's policy takes fonts from this server only, and not out of the style sheet.
  build: { assetsInlineLimit: (path: string) => (/\.(?:woff2?|ttf)$/.test(path) ? false : undefined) },
  // The thread that colours code loads each grammar by itself.
  worker: { format: "es" },
  server: {
    proxy: {
      // The Host header stays as it is, so that the server's check of a request's origin holds.
      "/trpc": { target: devServer, ws: true },
      "/api/auth": { target: devServer },
      "/admin/api": { target: devServer },
      "/v1": { target: devServer },
    },
  },
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: "node",
          environment: "node",
          // Streaming whole corpora piece by piece takes seconds on a machine that is busy otherwise.
          testTimeout: 60_000,
          include: ["src/**/*_test.ts"],
          exclude: ["src/**/*_browser_test.ts"],
        },
      },
      {
        extends: true,
        // What the worker imports is found by no scan of the tests: found late, it would reload a test that runs.
        optimizeDeps: { entries: ["src/lib/markdown/render_worker.ts"] },
        test: {
          name: "browser",
          include: ["src/**/*_browser_test.ts"],
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            provider: playwright({ launchOptions: CHROMIUM_LAUNCH }),
            instances: [{ browser: "chromium" }],
          },
        },
      },
    ],
  },
});
