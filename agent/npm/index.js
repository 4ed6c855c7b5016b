/** The agent as a package: the same code as the script of the tag, started by `init`. Does nothing on a server. */
import { start } from "./built/agent.js";

const isBrowser = typeof window !== "undefined" && typeof document !== "undefined";
/** Calls of before the agent, made once it runs. */
let waiting = [];

/** Start the agent. The second call, and one beside the tag's script, changes nothing. */
export function init({ url, app, survey, debug, vitals, release = builtRelease(), ...more } = {}) {
  if (!isBrowser || window.snag?.version) return;
  if (!url || !app) return console.warn(`snag: init got url "${url ?? ""}" and app "${app ?? ""}"; expected both: nothing is recorded`);
  const words = { url, app, release, ...more, ...survey?.words, debug: debug ? "1" : undefined, vitals: vitals ? "1" : undefined };
  const options = Object.fromEntries(Object.entries(words).filter(([, value]) => value !== undefined && value !== "").map(([name, value]) => [name, String(value)]));
  const files = { debug: () => import("./built/agent-debug.js"), vitals: () => import("./built/agent-vitals.js"), survey: survey?.load };
  window.__snag = { ...window.__snag, options, files };
  start();
  drain();
}

/** The one question to the visitor, for `init({ survey: survey({ metric: "csat" }) })`; left out of a bundle that does not use it. */
export function survey({ metric, ...more }) {
  const words = { survey: metric, ...Object.fromEntries(Object.entries(more).map(([name, value]) => [`survey-${name}`, value])) };
  return { words, load: () => import("./built/agent-survey.js") };
}

/** Report an error that the site has handled itself. */
export function captureError(error) {
  call((snag) => snag.captureError(error));
}

/** The visitor is at this step, until the next word of it. */
export function step(name, journey) {
  call((snag) => snag.step(name, journey));
}

/** Name the view at the present address. */
export function page(name) {
  call((snag) => snag.page(name));
}

/** For consent managers; "none" stops everything and forgets what was stored. */
export function consent(level) {
  call((snag) => snag.consent(level));
}

function call(act) {
  if (!isBrowser) return;
  if (window.snag?.version) return void act(window.snag);
  // the tag's script may still be under way
  if (!waiting.length && document.readyState !== "complete") window.addEventListener("load", drain, { once: true });
  waiting = [...waiting, act].slice(-50);
}

function drain() {
  if (!window.snag?.version) return;
  for (const act of waiting) act(window.snag);
  waiting = [];
}

/** Put in by the Vite plugin. */
function builtRelease() {
  return typeof __SNAG_RELEASE__ === "undefined" ? "" : __SNAG_RELEASE__;
}
