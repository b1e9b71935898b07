/**
 * Bundles src/page.ts and src/alone.ts into jsmodel/static: each is the one script of a page that is not JupyterLab,
 * page.js of one that has a server, and alone.js of one that has not.
 *
 * Plain iifes, so that a page can inline them. `--dev` keeps the names and writes source maps beside them,
 * `--watch` builds again whenever a source changes.
 */
import { rm } from "node:fs/promises";
import { context } from "esbuild";

const dev = process.argv.includes("--dev");
const watch = process.argv.includes("--watch");

// A map of an earlier --dev build would not fit what is built now.
if (!dev) for (const name of ["page", "alone"]) await rm(`../jsmodel/static/${name}.js.map`, { force: true });

const build = await context({
  entryPoints: ["src/page.ts", "src/alone.ts"],
  outdir: "../jsmodel/static",
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
