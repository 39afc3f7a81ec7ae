import { defineConfig } from "vite";

declare const process: { env: Record<string, string | undefined> };

const server = process.env["SIGHTLINE_SERVER"] ?? "http://127.0.0.1:8000";

export default defineConfig({
  // Relative, so that the page also works behind a proxy's prefix.
  base: "./",
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    outDir: "../src/sightline/web/static",
    emptyOutDir: true,
    // The server's content security policy lets no data: address through.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: "es2022",
  },
  server: { proxy: { "/api": { target: server, ws: true } } },
});
