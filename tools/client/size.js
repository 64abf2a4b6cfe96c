/** Bundle the client and print what each file weighs; fail when one is over its budget. */

import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { bundle, bundleExtensions, bundleTools, DIST, extensions } from "./bundle.js";

const CORE = "djust.js";
const CORE_MAX_BYTES = 5120;
const LAZY_MAX_BYTES = 3072;

await bundle();
await bundleExtensions();
/** @param {string} folder */
const scripts = (folder) =>
  readdirSync(folder, { recursive: true })
    .map(String)
    .filter((name) => name.endsWith(".js"));
const names = scripts(DIST)
  .sort((a, b) => Number(b === CORE) - Number(a === CORE) || a.localeCompare(b));

let tooBig = 0;
const row = (name, size, limit, note) =>
  process.stdout.write(
    `${name.padEnd(28)}${String(size).padStart(8)}${String(limit).padStart(8)}  ${note}\n`,
  );
row("bundle (bytes, gzip -9)", "size", "limit", "");
const files = names.map((name) => [name, join(DIST, name)]);
const tools = mkdtempSync(join(tmpdir(), "djust-dev-"));
await bundleTools(tools);
for (const name of scripts(tools)) files.push([`dev/${name}`, join(tools, name)]);
for (const { dist } of extensions()) files.push(...scripts(dist).map((name) => [name, join(dist, name)]));
for (const [name, path] of files) {
  const size = gzipSync(readFileSync(path), { level: 9 }).length;
  const limit = name === CORE ? CORE_MAX_BYTES : LAZY_MAX_BYTES;
  tooBig += Number(size > limit);
  row(name, size, limit, size > limit ? "TOO BIG" : "ok");
}
rmSync(tools, { recursive: true });
process.exit(tooBig ? 1 : 0);
