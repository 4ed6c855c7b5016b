// Bundles every page in pages/ into bundles/: run in the folder that holds node_modules.
import { readdirSync, readFileSync } from "node:fs";
import { build } from "esbuild";
import { compile } from "svelte/compiler";

const svelte = {
  name: "svelte",
  setup: ({ onLoad }) =>
    onLoad({ filter: /\.svelte$/ }, ({ path }) => ({
      contents: compile(readFileSync(path, "utf8"), { filename: path, generate: "client", css: "injected" }).js.code,
      loader: "js",
    })),
};

for (const file of readdirSync("pages").filter(name => /\.jsx?$/.test(name)))
  await build({
    entryPoints: [`pages/${file}`],
    outdir: "bundles",
    bundle: true,
    minify: true,
    format: "iife",
    target: "es2022",
    jsx: "automatic",
    jsxImportSource: file.startsWith("preact") ? "preact" : "react",
    alias: { vue: "vue/dist/vue.esm-bundler.js" },
    define: {
      "process.env.NODE_ENV": '"production"',
      __VUE_OPTIONS_API__: "true",
      __VUE_PROD_DEVTOOLS__: "false",
      __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: "false",
    },
    loader: { ".woff": "dataurl", ".woff2": "dataurl", ".svg": "dataurl" },
    plugins: [svelte],
    conditions: ["browser"],
    logLevel: "warning",
  });
