/**
 * Bundles src/page.ts and src/alone.ts into jsmodel/static: each is the one script of a page that is not JupyterLab,
 * page.js of one that has a server, and alone.js of one that has not.
 *
 * And src/runtime/types.ts into types.js, which either gets with the first class that needs it, and src/node.ts into
 * node.js, in which Node runs what jsmodel.testing is asked to.
 *
 * Plain iifes, so that a page can inline them. `--dev` keeps the names and writes source maps beside them,
 * `--watch` builds again whenever a source changes.
 */
import { rm } from "node:fs/promises";
import { context } from "esbuild";

const dev = process.argv.includes("--dev");
const watch = process.argv.includes("--watch");

// A map of an earlier --dev build would not fit what is built now.
if (!dev) for (const name of ["page", "alone", "node", "types"]) await rm(`../jsmodel/static/${name}.js.map`, { force: true });

const common = {
  bundle: true,
  format: "iife",
  target: "es2022",
  charset: "utf8",
  legalComments: "none",
  minify: !dev,
  sourcemap: dev,
  logLevel: "info",
};

const pages = { ...common, entryPoints: ["src/page.ts", "src/alone.ts", "src/node.ts"], outdir: "../jsmodel/static" };

// What comes late finds the client where it runs, and does not bring it again.
const late = {
  ...common,
  entryPoints: ["src/runtime/types.ts"],
  outfile: "../jsmodel/static/types.js",
  banner: { js: 'jsmodel.module("jsmodel.types", ($m, $jsm) => {' },
  footer: { js: "});" },
  plugins: [
    {
      name: "inside",
      setup(build) {
        build.onResolve({ filter: /\/inside$/ }, () => ({ path: "inside", namespace: "inside" }));
        build.onLoad({ filter: /.*/, namespace: "inside" }, () => ({ contents: "module.exports = $jsm.inside" }));
      },
    },
  ],
};

for (const options of [pages, late]) {
  const build = await context(options);
  if (watch) {
    await build.watch();
  } else {
    await build.rebuild();
    await build.dispose();
  }
}
