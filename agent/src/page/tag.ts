/** What the site owner wrote on the script tag, or the runner of a journey into `window.__snag`. */
import { cut } from "./cut";
import { warn } from "./safe";

/** Set before the agent by a journey's runner or a test; then nothing goes over the network. */
export interface Hook {
  send?: (body: string) => unknown;
  traffic_source?: "rum" | "synthetic" | "simulated";
  run_id?: string;
  journey?: string;
  step?: string;
  app?: string;
  env?: string;
  release?: string;
  /** what the npm package was given, by the names of the tag's attributes */
  options?: Record<string, string>;
  /** the package's own copies of the files that are loaded where they are asked for */
  files?: Record<string, (() => Promise<{ start(...given: unknown[]): void }>) | undefined>;
}

const LONGEST_WORD = 64;

/** Only while this script runs does the browser say which tag it came from. */
let script = document.currentScript as HTMLScriptElement | null;

/** Read each time: a runner moves from step to step. */
export function hook(): Hook | undefined {
  return (window as any).__snag;
}

/** The tag's `data-snag-*`; an agent put in by a runner takes the site's own tag, once that is parsed. */
export function tag(): HTMLScriptElement | null {
  return script ?? (script = document.querySelector<HTMLScriptElement>("script[data-snag-app]"));
}

export function attribute(name: string): string {
  return (hook()?.options?.[name] ?? tag()?.getAttribute("data-snag-" + name) ?? "").trim();
}

/** Where beacons go; without any tag only a runner's hook sends. */
export function beaconUrl(): string {
  return (url ??= new URL((attribute("url") || address("/")).replace(/\/*$/, "/v1/beacons"), location.href).href);
}
let url: string | undefined;

/** Of what lies beside the script of the tag. */
export function address(name: string): string {
  return new URL(name, tag()?.src || location.href).href;
}

/** The tag's word for something, else the page's (`snag.release`), else the runner's. */
export function wordFor(name: "app" | "env" | "release"): string {
  return cut(String(attribute(name) || (window as any).snag?.[name] || hook()?.[name] || ""), LONGEST_WORD);
}

/** The site's name in the characters that the collector takes. */
export function appName(): string {
  const given = wordFor("app") || location.hostname;
  const name = given.replace(/[^\w.-]/g, "-").slice(0, LONGEST_WORD);
  if (name !== given) warn(`the site's name is sent as "${name}"`);
  return name;
}
