/** Turn the client's modules into what a production page loads. */

import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { minify } from "terser";

const CLIENT = new URL("../../packages/djust-live/src/djust_live/static/djust/", import.meta.url);
const SOURCE = new URL("src/", CLIENT);

/**
 * Where the core looks for the other modules. In the bundles their folder is named after what is in it, so that
 * no cache brings a module of another version, whose properties have other names.
 */
const LAZY = "lazy/";

/** @param {string} text */
const hash = (text) => createHash("sha256").update(text).digest("hex").slice(0, 6);

/** Where the bundles go; never committed. */
export const DIST = fileURLToPath(new URL("dist/", CLIENT));

/**
 * Bundle each file for itself.
 *
 * @param {string[]} names Below the source folder.
 * @param {string} outdir
 * @param {Record<string, string | false>} mangleCache What properties are called in earlier bundles.
 */
const buildAll = (names, outdir, mangleCache) =>
  build({
    entryPoints: names.map((name) => fileURLToPath(new URL(name, SOURCE))),
    outdir,
    outbase: fileURLToPath(SOURCE),
    bundle: true,
    format: "esm",
    target: "es2022",
    minify: true,
    mangleProps: /^_/,
    // What travels.
    reserveProps: /^_(args|extra)$/,
    mangleCache,
    legalComments: "none",
    logLevel: "warning",
    write: false,
  });

/**
 * The core, and every module that the core loads only when a page uses it: those in `src/lazy/`.
 *
 * They share objects, so a property has one name in all of them; the core, which counts, gets the short ones.
 *
 * @param {string} [outdir] A folder that is replaced.
 */
export async function bundle(outdir = DIST) {
  const lazy = readdirSync(new URL("lazy/", SOURCE)).filter((name) => name.endsWith(".js"));
  const core = await buildAll(["djust.js"], outdir, {});
  const rest = await buildAll(
    lazy.map((name) => `lazy/${name}`),
    outdir,
    core.mangleCache,
  );
  const outputFiles = [...core.outputFiles, ...rest.outputFiles];
  const folder = hash(rest.outputFiles.map(({ text }) => text).join());
  // A second opinion that takes another two percent off.
  const minified = await Promise.all(
    outputFiles.map(({ text }) =>
      minify(text, { module: true, ecma: 2020, compress: { passes: 3 } }),
    ),
  );
  rmSync(outdir, { recursive: true, force: true });
  outputFiles.forEach(({ path }, index) => {
    const name = relative(outdir, path).replace(LAZY, `${folder}/`);
    const code = minified[index].code.replace(`${LAZY}\${`, `${folder}/\${`);
    mkdirSync(dirname(join(outdir, name)), { recursive: true });
    writeFileSync(join(outdir, name), code);
  });
}

/**
 * The tools of developers, which pages load as they are and only in DEBUG: bundled to be weighed.
 *
 * @param {string} outdir
 */
export const bundleTools = (outdir) =>
  build({
    entryPoints: readdirSync(new URL("dev/", SOURCE)).map((name) => fileURLToPath(new URL(`dev/${name}`, SOURCE))),
    outdir,
    bundle: true,
    format: "esm",
    target: "es2022",
    minify: true,
    legalComments: "none",
    logLevel: "warning",
  });

const PACKAGES = new URL("../../packages/", import.meta.url);

/**
 * The folders of the other packages' modules for the browser: one file for each extension.
 *
 * @returns {{source: string, dist: string}[]}
 */
export const extensions = () =>
  readdirSync(PACKAGES)
    .map((name) => new URL(`${name}/src/${name.replaceAll("-", "_")}/static/djust/`, PACKAGES))
    .filter((folder) => folder.href !== CLIENT.href && existsSync(new URL("src/", folder)))
    .map((folder) => ({
      source: fileURLToPath(new URL("src/", folder)),
      dist: fileURLToPath(new URL("dist/", folder)),
    }));

/** Each extension's module for itself: they share nothing but what is public. */
export async function bundleExtensions() {
  for (const { source, dist } of extensions()) {
    rmSync(dist, { recursive: true, force: true });
    await build({
      entryPoints: readdirSync(source)
        .filter((name) => name.endsWith(".js"))
        .map((name) => join(source, name)),
      outdir: dist,
      bundle: true,
      format: "esm",
      target: "es2022",
      minify: true,
      mangleProps: /^_/,
      legalComments: "none",
      logLevel: "warning",
    });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await bundle(process.argv[2] && resolve(process.argv[2]));
  if (!process.argv[2]) await bundleExtensions();
}
