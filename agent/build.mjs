// Writes the agent that the collector serves; `node build.mjs FILE` writes it elsewhere.
import { build } from "esbuild";
import { readFileSync, writeFileSync } from "node:fs";
import { minify } from "terser";

/** Used by the agent's own records only: neither words of the wire nor of the browser. */
const INTERNAL =
  "aborted|acted|added|address|again|answered|answeredAt|awaited|before|cause|clicks|delay|due|edited|emptied|errors|failed|fields|flying|isControl|last|left|look|looks|lost|marks|navigating|needed|nodes|outcome|owners|refill|refusals|refusedBy|removed|requests|sent|since|stamp|sure|thing|threw|times|told|typed|used";

/** Constants are named where they are explained, and written where they are used. */
const constants = {
  name: "constants",
  setup(build) {
    build.onLoad({ filter: /src.\w+\.ts$/ }, ({ path }) => {
      let contents = readFileSync(path, "utf8");
      for (const [line, name, value] of contents.matchAll(/^const ([A-Z_]+) = ([\d_]+);$/gm)) {
        contents = contents.replace(line, "").replace(new RegExp(`\\b${name}\\b`, "g"), value);
      }
      return { contents, loader: "ts" };
    });
  },
};

const here = new URL(".", import.meta.url);
const { packages: lock } = JSON.parse(readFileSync(new URL("package-lock.json", here), "utf8"));
const { version } = JSON.parse(readFileSync(new URL("package.json", here), "utf8"));

const bundled = await build({
  absWorkingDir: new URL(".", here).pathname,
  entryPoints: ["src/main.ts"],
  write: false,
  bundle: true,
  minify: true,
  format: "iife",
  target: "es2022",
  charset: "ascii", // a page may serve the script in another encoding
  legalComments: "none",
  mangleProps: new RegExp(`^(${INTERNAL})$`),
  plugins: [constants],
  define: { VERSION: JSON.stringify(version) },
});

// esbuild bundles and never inlines a function; terser does, which is 4 % of the size
const { code } = await minify(`try{${bundled.outputFiles[0].text}}catch{}`, {
  ecma: 2022,
  toplevel: true,
  compress: { passes: 4, hoist_funs: true, unsafe_arrows: true, unsafe_methods: true, keep_fargs: false, pure_getters: true },
  format: { ascii_only: true, preamble: `/* Snagwatch agent ${version}, Apache-2.0 */` },
});
const written = process.argv[2] ?? new URL("../collector/static/agent.js", here).pathname;
writeFileSync(written, code + "\n");

// vitals are loaded by the agent where the tag wants them
await build({
  absWorkingDir: new URL(".", here).pathname,
  entryPoints: ["src/vitals.ts"],
  outfile: written.replace(/\.js$/, "-vitals.js"),
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2022",
  legalComments: "none",
  banner: { js: `/* Snagwatch vitals ${version}, Apache-2.0; web-vitals ${lock["node_modules/web-vitals"].version}, Apache-2.0 */` },
});
