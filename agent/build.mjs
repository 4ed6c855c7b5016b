// Writes the scripts that the collector serves; `node build.mjs FILE` writes them elsewhere.
import { build } from "esbuild";
import { readFileSync, writeFileSync } from "node:fs";
import { minify } from "terser";

/** Used by the agent's own records only: neither words of the wire nor of the browser. The scripts share the short forms. */
const INTERNAL =
  "aborted|accepted|acted|added|address|again|answered|answeredAt|attribute|awaited|beaconUrl|before|cause|causeNow|clicks|committed|delay|due|edited|element|emptied|errors|failed|fault|fields|happened|flying|isControl|judge|last|late|latestOpen|leaving|look|looks|lost|marks|navigating|node|nodes|outcome|originals|owners|place|read|refill|refusals|refused|refusedBy|removed|replied|report|requests|seen|sent|sessionId|settled|since|stamp|sure|thing|thrown|threw|tell|tick|times|told|typed|used|viewed|write";

/** Constants are named where they are explained, and written where they are used. */
const constants = {
  name: "constants",
  setup(build) {
    build.onLoad({ filter: /src.\w+\.ts$/ }, ({ path }) => {
      let contents = readFileSync(path, "utf8");
      for (const [line, name, value] of contents.matchAll(/^(?:export )?const ([A-Z_]+) = ([\d_]+);$/gm)) {
        contents = contents.replace(line, line.startsWith("export") ? line : "").replace(new RegExp(`(?<!const |import .*)\\b${name}\\b`, "g"), value);
      }
      return { contents, loader: "ts" };
    });
  },
};

const here = new URL(".", import.meta.url);
const { packages: lock } = JSON.parse(readFileSync(new URL("package-lock.json", here), "utf8"));
const { version } = JSON.parse(readFileSync(new URL("package.json", here), "utf8"));
const written = process.argv[2] ?? new URL("../collector/static/agent.js", here).pathname;
const settings = { absWorkingDir: here.pathname, bundle: true, minify: true, target: "es2022", legalComments: "none" };
/** What has its state in one place only: the second script is handed it by the first. */
const SHARED = /(activation|cause|changes|evidence|noise|pageView|report|session|tag|transport|watch)\.ts$/;

let shortForms = {};

async function write(entry, suffix, title) {
  const { outputFiles, mangleCache, metafile } = await build({
    ...settings,
    entryPoints: [`src/${entry}.ts`],
    write: false,
    format: "iife",
    charset: "ascii", // a page may serve the script in another encoding
    mangleProps: new RegExp(`^(${INTERNAL})$`),
    mangleQuoted: true,
    mangleCache: shortForms,
    metafile: true,
    plugins: [constants],
    define: { VERSION: JSON.stringify(version) },
  });
  shortForms = mangleCache;
  if (suffix) {
    const twice = Object.entries(Object.values(metafile.outputs)[0].inputs).filter(([file, { bytesInOutput }]) => SHARED.test(file) && bytesInOutput);
    if (twice.length) throw new Error(`${suffix} has a state of its own of ${twice.map(([file]) => file)}`);
  }
  // esbuild bundles and never inlines a function; terser does, which is 4 % of the size
  const { code } = await minify(`try{${outputFiles[0].text}}catch{}`, {
    ecma: 2022,
    toplevel: true,
    compress: { passes: 4, hoist_funs: true, unsafe_arrows: true, unsafe_methods: true, keep_fargs: false, pure_getters: true },
    format: { ascii_only: true, preamble: `// ${title} ${version}, Apache-2.0` },
  });
  writeFileSync(written.replace(/\.js$/, `${suffix}.js`), code);
}

await write("main", "", "Snagwatch");
await write("more", "-more", "Snagwatch, the rest,");

// vitals are loaded by the agent where the tag wants them
await build({
  ...settings,
  entryPoints: ["src/vitals.ts"],
  outfile: written.replace(/\.js$/, "-vitals.js"),
  format: "esm",
  banner: { js: `/* Snagwatch vitals ${version}, Apache-2.0; web-vitals ${lock["node_modules/web-vitals"].version}, Apache-2.0 */` },
});

// so is the question that a visitor may be asked
await build({
  ...settings,
  entryPoints: ["src/survey.ts"],
  outfile: written.replace(/\.js$/, "-survey.js"),
  format: "esm",
  charset: "ascii",
  banner: { js: `/* Snagwatch question ${version}, Apache-2.0 */` },
});
