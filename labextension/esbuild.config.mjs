/**
 * Bundles src/page.ts into jsmodel/static/page.js: the one script of a page that is not JupyterLab.
 *
 * A plain iife, so that a page can inline it and Node can run it. `--dev` keeps the names and writes a
 * source map beside it, `--watch` builds again whenever a source changes.
 */
import { rm } from "node:fs/promises";
import { context } from "esbuild";

const dev = process.argv.includes("--dev");
const watch = process.argv.includes("--watch");

// A map of an earlier --dev build would not fit what is built now.
if (!dev) await rm("../jsmodel/static/page.js.map", { force: true });

const build = await context({
  entryPoints: ["src/page.ts"],
  outfile: "../jsmodel/static/page.js",
  bundle: true,
  format: "iife",
  target: "es2022",
  charset: "utf8",
  legalComments: "none",
  minify: !dev,
  sourcemap: dev,
  logLevel: "info",
});

if (watch) {
  await build.watch();
} else {
  await build.rebuild();
  await build.dispose();
}
