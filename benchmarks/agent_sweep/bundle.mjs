// Bundles every page in pages/ into bundles/: run in the folder that holds node_modules.
import { readFileSync, readdirSync } from "node:fs";
import { build } from "esbuild";
import { compile, compileModule } from "svelte/compiler";

const options = { generate: "client", css: "injected" };
const svelte = {
  name: "svelte",
  setup({ onLoad }) {
    onLoad({ filter: /\.svelte$/ }, ({ path }) => ({ contents: compile(readFileSync(path, "utf8"), { ...options, filename: path }).js.code, loader: "js" }));
    onLoad({ filter: /\.svelte\.js$/ }, ({ path }) => ({ contents: compileModule(readFileSync(path, "utf8"), { generate: "client", filename: path }).js.code, loader: "js" }));
  },
};
const data = Object.fromEntries([".woff", ".woff2", ".ttf", ".eot", ".svg", ".png", ".gif", ".jpg", ".cur"].map((type) => [type, "dataurl"]));

for (const file of readdirSync("pages").filter((name) => /\.jsx?$/.test(name) && name !== "jquery.js")) {
  try {
    await build({
      entryPoints: [`pages/${file}`], outdir: "bundles", bundle: true, minify: true, format: "iife", target: "es2022", jsx: "automatic",
      alias: { vue: "vue/dist/vue.esm-bundler.js" }, mainFields: ["svelte", "browser", "module", "main"], conditions: ["svelte", "browser"], loader: data, plugins: [svelte], logLevel: "silent",
      define: { "process.env.NODE_ENV": '"production"', "process.env": "{}", __VUE_OPTIONS_API__: "true", __VUE_PROD_DEVTOOLS__: "false", __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: "false" },
    });
  } catch (why) {
    console.log(`${file}: ${String(why).slice(0, 300)}`);
  }
}
