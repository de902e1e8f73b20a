import { defineConfig } from "vite";

// The built files are committed, so the same sources must give the same bytes: nothing here knows the day,
// the machine or the folder. Nothing is inlined: the server's content policy forbids inline scripts and styles.
export default defineConfig({
  base: "/",
  build: {
    outDir: "../src/synopticon/web/static",
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: "es2022",
    sourcemap: false,
    reportCompressedSize: false,
  },
  server: { proxy: { "/api": "http://127.0.0.1:8742", "/.well-known": "http://127.0.0.1:8742" } },
});
