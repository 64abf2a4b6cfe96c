/** Turn the client's modules into what a production page loads. */

import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { minify } from "terser";

const CLIENT = new URL("../../packages/djust-live/src/djust_live/static/djust/", import.meta.url);
const SOURCE = new URL("src/", CLIENT);

/** Where the bundles go; never committed. */
export const DIST = fileURLToPath(new URL("dist/", CLIENT));

/**
 * The core, and every module that the core loads only when a page uses it: those in `src/lazy/`.
 *
 * One build for all of them, so that a property mangled in one has the same name in the others.
 */
export async function bundle() {
  const lazy = readdirSync(new URL("lazy/", SOURCE)).filter((name) => name.endsWith(".js"));
  const { outputFiles } = await build({
    entryPoints: ["djust.js", ...lazy.map((name) => `lazy/${name}`)].map((name) =>
      fileURLToPath(new URL(name, SOURCE)),
    ),
    outdir: DIST,
    outbase: fileURLToPath(SOURCE),
    bundle: true,
    format: "esm",
    target: "es2022",
    minify: true,
    mangleProps: /^_/,
    // What travels.
    reserveProps: /^_(args|extra)$/,
    legalComments: "none",
    logLevel: "warning",
    write: false,
  });
  // A second opinion that takes another two percent off.
  const minified = await Promise.all(
    outputFiles.map(({ text }) =>
      minify(text, { module: true, ecma: 2020, compress: { passes: 3 } }),
    ),
  );
  rmSync(DIST, { recursive: true, force: true });
  outputFiles.forEach(({ path }, index) => {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, minified[index].code);
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await bundle();
