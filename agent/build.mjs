/**
 * Writes the scripts that the collector serves; `node build.mjs FILE` writes them elsewhere, beside FILE.
 * `--package` writes what the npm package needs into npm/built instead;
 * `--for-tests` makes waits follow `window.__snagPace`; `--check` writes nothing, and fails where modules import in a circle.
 */
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { build } from "esbuild";
import { minify } from "terser";

const here = new URL(".", import.meta.url);
const read = (name) => JSON.parse(readFileSync(new URL(name, here), "utf8"));
const { version } = read("package.json");
const vitals = read("package-lock.json").packages["node_modules/web-vitals"].version;
const options = process.argv.slice(2).filter((word) => word.startsWith("--"));
const [out = new URL("../collector/static/agent.js", here).pathname] = process.argv.slice(2).filter((word) => !word.startsWith("--"));
const pace = options.includes("--for-tests") ? "(+window.__snagPace||1)" : "1";

const settings = { absWorkingDir: here.pathname, bundle: true, minify: true, target: "es2022", legalComments: "none", write: false, metafile: true };

/** What tells two builds apart. */
const source = readdirSync(new URL("src/", here), { recursive: true }).filter((name) => name.endsWith(".ts")).sort();
const hash = createHash("sha256");
for (const name of source) hash.update(readFileSync(new URL(`src/${name}`, here)));
const define = { VERSION: JSON.stringify(version), BUILD: JSON.stringify(hash.digest("hex").slice(0, 12)), PACE: pace };
/** Private members have the same short names in every file of a build. */
const mangled = { mangleProps: /^_[a-z]/, mangleQuoted: false, mangleCache: {}, define };

async function bundle(entry, more) {
  const { outputFiles, metafile, mangleCache } = await build({ ...settings, entryPoints: [`src/${entry}.ts`], ...more });
  refuseCircles(metafile);
  mangled.mangleCache = mangleCache ?? mangled.mangleCache;
  return outputFiles[0].text;
}

/** A module that is imported, in the end, by what it imports cannot be read alone. */
function refuseCircles({ inputs }) {
  const done = new Set();
  const visit = (file, path) => {
    if (path.includes(file)) throw new Error(`import circle: ${[...path.slice(path.indexOf(file)), file].join(" -> ")}`);
    if (done.has(file)) return;
    for (const { path: next } of inputs[file].imports) if (inputs[next]) visit(next, [...path, file]);
    done.add(file);
  };
  Object.keys(inputs).forEach((file) => visit(file, []));
}

const agent = await bundle("main", {
  format: "iife",
  charset: "ascii", // a page may serve the script in another encoding
  ...mangled,
});
// esbuild bundles and never inlines a function; terser does, which is 4 % of the size
const { code } = await minify(`try{${agent}}catch{}`, {
  ecma: 2022,
  toplevel: true,
  compress: { passes: 4, hoist_funs: true, unsafe_arrows: true, unsafe_methods: true, keep_fargs: false, pure_getters: true },
  format: { ascii_only: true, preamble: `// Snagwatch ${version}, Apache-2.0. Written by agent/build.mjs` },
});
const module = { format: "esm", charset: "ascii" };
const files = {
  "": code,
  // loaded by the agent where the tag asks for them
  "-vitals": await bundle("vitals", { ...module, banner: { js: `/* Snagwatch vitals ${version}, Apache-2.0; web-vitals ${vitals}, Apache-2.0. Written by agent/build.mjs */` } }),
  "-debug": await bundle("debug", { ...module, ...mangled, banner: { js: `/* Snagwatch debug ${version}, Apache-2.0. Written by agent/build.mjs */` } }),
  "-survey": await bundle("survey", { ...module, banner: { js: `/* Snagwatch question ${version}, Apache-2.0. Written by agent/build.mjs */` } }),
};
// what stands in the page itself: printed by `snag tag`
const stub = await minify(readFileSync(new URL("src/stub.js", here), "utf8"), { ecma: 5, format: { ascii_only: true, comments: false } });
files["-stub"] = stub.code;
if (options.includes("--package")) writePackage();
else if (!options.includes("--check")) for (const [suffix, text] of Object.entries(files)) writeFileSync(out.replace(/\.js$/, `${suffix}.js`), text);

/** The same files as modules: the agent starts when it is told, the stub is a text to put into a page. */
function writePackage() {
  const modules = { ...files, "": `export function start() {\n${code}\n}\n`, "-stub": `export default ${JSON.stringify(stub.code)};\n` };
  mkdirSync(new URL("npm/built/", here), { recursive: true });
  for (const [suffix, text] of Object.entries(modules)) writeFileSync(new URL(`npm/built/agent${suffix}.js`, here), text);
}
