/** Which view the visitor looks at, and how the visitor came to it: quick backs, loops, error pages and blank ones. */
import { judge } from "./activation";
import { causeNow } from "./cause";
import { isVisible } from "./dom";
import { uuid } from "./ids";
import type { Report, Stamp } from "./report";
import { clock, listen, parsed, soon, tap } from "./safe";
import { template } from "./scrub";
import { newView, read, write } from "./session";

/** A single-page app changes the address first and its data-snag-page some renderings later. */
const SETTLE_MS = 100;
/** Nobody reads a page in less. */
const QUICK_MS = 5000;
/** Left sooner, and not by the visitor's hand: a redirect. */
const REDIRECT_MS = 300;
const LOOP_MS = 120_000;
const KEPT_VIEWS = 12;
/** What a single-page app fetches for a view is there by then. */
const DRAWN_MS = 1500;
const BLANK_MS = 5000;
const CONTENT = "img,svg,canvas,video,iframe,object,embed,input,button";
const FAILED = /^\W*(?:error )?(404|410|50[0-4])(\W*$|.* (error|not|gone|gateway|unavailable))|^page not found/i;

interface View {
  key: string;
  /** ms since 1970, by performance.timeOrigin */
  since: number;
  stamp: Stamp;
  /** something was clicked or pressed there */
  acted?: boolean;
  /** the visitor found something to do there: typed, scrolled, or an activation worked */
  used?: boolean;
  /** its loop has been told */
  told?: boolean;
}

let viewId = uuid();
let path = address();
let views: View[] = [];
const names: Record<string, string> = {};

/** The view of this moment; `page_group` is what the site calls it, else the path's template. */
export function place(): { view_id: string; page_group: string } {
  const { body, documentElement } = document;
  const marked = body?.getAttribute("data-snag-page") ?? documentElement?.getAttribute("data-snag-page"); // not parsed yet where a runner put us in
  const group = names[address()] || (marked ?? template((location.pathname + route()).split("?")[0]!));
  return { view_id: viewId, page_group: group.slice(0, 200) };
}

/** The site's own name for the view at this address. */
export function nameView(name: string): void {
  names[address()] = name;
}

/** The visitor has found something to do on this view. */
function use(): void {
  views.at(-1)!.used = true;
}

/** Report this view and those that follow. `changed` hears of each new one. Returns a hurry-up for exits. */
export function start(report: Report, changed: () => void): () => void {
  const [entry] = performance.getEntriesByType("navigation") as any[];
  let flush = () => {};

  const begin = (referrer_group: string, willed: boolean, at?: number) => {
    flush();
    const stamp = report.stamp(at);
    const view: View = { key: path, since: performance.timeOrigin + (at ?? clock()), stamp };
    const isNow = () => stamp.view_id === viewId && !document.hidden;
    let status = 0;
    const look = () => {
      if (!status && isNow() && (status = failure(at === 0 && entry))) report.send({ kind: "error_page", status }, stamp);
    };
    enter(report, view, willed);
    flush = () => {
      flush = () => {};
      // the name of the page is known only now
      Object.assign(stamp, place(), { view_id: stamp.view_id });
      report.send({ kind: "page_view", referrer_group }, stamp);
      // a dialog with an address of its own is no page that one could have read
      view.used ||= !!document.querySelector("dialog[open],[aria-modal=true]");
      look();
    };
    soon(look, DRAWN_MS);
    soon(() => isNow() && isBlank() && report.send({ kind: "blank_page", threshold_ms: BLANK_MS }, stamp), BLANK_MS);
  };
  const next = (willed: boolean) => {
    flush();
    viewId = uuid();
    newView();
    changed();
    begin("internal", willed);
    soon(() => flush(), SETTLE_MS);
  };
  const move = (willed: boolean) => {
    const before = path;
    path = address();
    if (path !== before) next(willed); // not for a hash, nor for the same page again
  };

  views = read("views") ?? [];
  begin(referrerGroup(document.referrer, location.origin), entry?.type === "back_forward" || !!views.at(-1)?.acted, 0);
  parsed(() => flush());
  // the address has not changed yet when pushState is called
  tap(History.prototype, "pushState", () => {
    const willed = !!causeNow();
    soon(() => move(willed));
  });
  tap(History.prototype, "replaceState", () => soon(() => (path = address())));
  listen(window, "popstate", () => soon(() => move(true)));
  listen(window, "pageshow", ({ persisted }) => {
    if (!persisted) return;
    views = read("views") ?? views;
    next(true);
  });
  listen(document, "scroll", () => scrollY > innerHeight / 2 && use());
  listen(document, "input", use);
  judge({
    committed: () => (views.at(-1)!.acted = true),
    settled({ outcome, navigating, stamp }) {
      if (outcome === "acknowledged" && !navigating && stamp.view_id === viewId) use();
    },
    leaving: () => write("views", views),
  });
  return () => flush();
}

/** Take `view` as the newest; tell what the way to it means. `willed`: the visitor went there, no redirect. */
function enter(report: Report, view: View, willed: boolean): void {
  const { key, since } = view;
  const left = views.at(-1);
  // neither a redirect nor a page loaded again is a view of its own
  if (left && (left.key === key || (!willed && since - left.since < REDIRECT_MS))) views.pop();
  const [from, over] = views.slice(-2);
  views = [...views, view].slice(-KEPT_VIEWS);
  const dwell = over && since - over.since;
  if (willed && dwell! < QUICK_MS && from!.key === key && !over!.used) {
    report.send({ kind: "quick_back", duration_ms: Math.round(dwell!), threshold_ms: QUICK_MS }, over!.stamp);
  }
  const times = views.filter((one) => one.key === key && since - one.since < LOOP_MS && !one.used && !one.told);
  const [first, second] = times.map((one) => views[views.indexOf(one) + 1]?.key);
  // in circles: to and fro between a list and what is in it is none
  if (times.length > 2 && first === second) {
    view.told = true;
    report.send({ kind: "navigation_loop", repeat_count: times.length }, view.stamp);
  }
}

/** The status that the page shows to have failed with, by the server's answer or by its own heading; 0: none. */
function failure(entry: any): number {
  if (entry?.responseStatus >= 400) return entry.responseStatus;
  for (const text of [document.title, document.querySelector("h1")?.textContent]) {
    const found = FAILED.exec(text ?? "");
    if (found) return +(found[1] ?? 404);
  }
  return 0;
}

function isBlank(): boolean {
  const shows = (one: Element) => one.shadowRoot || (one.matches(CONTENT) && isVisible(one));
  return document.readyState === "complete" && !document.body.innerText.trim() && ![...document.querySelectorAll("*")].some(shows);
}

/** Where a visitor came from: the site itself, elsewhere, or nowhere known. */
export function referrerGroup(referrer: string, origin: string): string {
  return !referrer ? "none" : referrer.startsWith(origin + "/") ? "internal" : "external";
}

/** Two addresses of one document are two views, but a place within a page is none. */
function address(): string {
  return location.pathname + location.search + route();
}

/** Where a hash router is. */
function route(): string {
  return /^#!?\//.test(location.hash) ? location.hash : "";
}
