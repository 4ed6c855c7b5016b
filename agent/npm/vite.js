/** A Vite plugin: sets the release, inserts the tag, and leaves the source maps with the collector. */
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import stub from "./built/agent-stub.js";

const SEND_MS = 60_000;

export default function snagwatch({ url, app, release = process.env.SNAG_RELEASE || process.env.npm_package_version || "", env, consent, tag = true, sourcemaps }) {
  if (!url || !app) throw new Error(`snagwatch: got url "${url ?? ""}" and app "${app ?? ""}"; expected both`);
  if (sourcemaps && !release) throw new Error("snagwatch: source maps need a release; set `release` or SNAG_RELEASE");
  const origin = url.replace(/\/+$/, "");
  let base = "/";
  let isOurs = false;
  return {
    name: "snagwatch",
    config(config, { command }) {
      isOurs = !!sourcemaps && command === "build" && config.build?.sourcemap === undefined;
      return { define: { __SNAG_RELEASE__: JSON.stringify(release) }, ...(isOurs && { build: { sourcemap: "hidden" } }) };
    },
    configResolved(config) {
      base = config.base;
    },
    transformIndexHtml() {
      if (!tag) return [];
      const words = Object.entries({ app, release, env, consent }).filter(([, value]) => value);
      const attrs = { async: true, src: `${origin}/agent.js`, crossorigin: "anonymous", ...Object.fromEntries(words.map(([name, value]) => [`data-snag-${name}`, value])) };
      return [
        { tag: "script", children: stub, injectTo: "head-prepend" },
        { tag: "script", attrs, injectTo: "head-prepend" },
      ];
    },
    async writeBundle({ dir }, bundle) {
      if (!sourcemaps) return;
      for (const { type, fileName, sourcemapFileName = `${fileName}.map` } of Object.values(bundle)) {
        if (type !== "chunk") continue;
        const map = await readFile(join(dir, sourcemapFileName)).catch(() => null);
        if (!map) {
          this.warn(`no source map of ${fileName}: places of its errors will stay as they are`);
          continue;
        }
        const file = [base.replace(/^[a-z]+:\/\/[^/]+/, "").replace(/^\.?\/+|\/+$/g, ""), fileName].filter(Boolean).join("/");
        const why = await upload(sourcemaps, { app, release, file }, map);
        if (why) this.warn(`the source map of ${fileName} was not kept: ${why}`);
        // maps that only this plugin asked for are not for the site's visitors
        if (isOurs) await rm(join(dir, sourcemapFileName));
      }
    },
  };
}

/** Leave one map with the collector; why not, else undefined. */
async function upload({ url, token }, named, map) {
  try {
    const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
    const address = `${url.replace(/\/+$/, "")}/v1/sourcemaps?${new URLSearchParams(named)}`;
    const answer = await fetch(address, { method: "POST", headers, body: map, signal: AbortSignal.timeout(SEND_MS) });
    if (!answer.ok) return `${answer.status} ${(await answer.text()).slice(0, 300)}`;
  } catch (fault) {
    return String(fault.cause ?? fault);
  }
}
