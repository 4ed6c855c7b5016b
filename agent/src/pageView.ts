/** Which view the visitor looks at, and whether the visitor turned back at once. */
import { happened, judge, latestOpen, tell } from "./activation";
import { causeNow, enter } from "./cause";
import { uuid } from "./ids";
import { Outcome } from "./outcome";
import { refill, send, stamp as stampNow, type Growing, type Stamp } from "./report";
import { clock, guard, listen, parsed, soon, tap, wrap } from "./safe";
import { template } from "./scrub";
import { newView, read, write } from "./session";

/** A single-page app changes the address first and its data-snag-page some renderings later. */
const SETTLE_MS = 100;
/** Nobody reads a page in less. */
const QUICK_MS = 5000;
/** Left sooner, and not by the visitor's hand: a redirect. */
const REDIRECT_MS = 300;
const KEPT_VIEWS = 20;

export interface View {
  key: string;
  /** ms since 1970, by performance.timeOrigin */
  since: number;
  stamp: Stamp;
  /** something was clicked or pressed there */
  acted?: boolean;
  /** the visitor found something to do there: typed, scrolled, or an activation worked */
  used?: boolean;
  /** its page_view, for what is found out of it later */
  sent?: Growing;
  /** its loop has been told */
  told?: boolean;
}

let viewId = uuid();
let path = address();
let views: View[] = [];
let group: string | undefined;
let flush = () => {};
const names: Record<string, string> = {};

/** The view of this moment; `page_group` is what the site calls it, else the path's template. */
export function place(): { view_id: string; page_group: string } {
  const { body, documentElement } = document;
  const marked = body?.dataset.snagPage ?? documentElement?.dataset.snagPage; // not parsed yet where a runner put us in
  return { view_id: viewId, page_group: (names[path] || (marked ?? (group ??= template(path.replace(/\?[^#]*/, ""))))).slice(0, 200) };
}

/** The site's own name for the view at this address. */
export function nameView(name: string): void {
  names[address()] = "" + name;
}

/** The views up to now, the newest last. */
export function seen(): View[] {
  return views;
}

/** Report this view and those that follow. */
export function start(): void {
  const [entry] = performance.getEntriesByType("navigation") as PerformanceNavigationTiming[];
  views = read("views") ?? [];
  const { referrer } = document;
  begin(referrerGroup(referrer, location.origin), entry?.type === "back_forward" || views.at(-1)?.acted, 0);
  parsed(() => flush());
  // the address has not changed yet when pushState is called
  tap(History.prototype, "pushState", () => {
    happened();
    const willed = !!causeNow();
    soon(() => move(willed));
  });
  // at once: a router pushes right after it
  const replaced = guard(() => (group = void (path = address())));
  wrap(History.prototype, "replaceState", (call) => [call(), replaced()][0]);
  // what the page does then is the doing of who went there
  listen(window, "hashchange popstate", () => {
    const last = latestOpen();
    if (last) enter(last);
    soon(() => move(true));
  });
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
      if (outcome === Outcome.acknowledged && !navigating && stamp.view_id === viewId) use();
    },
    leaving() {
      flush();
      write("views", views);
    },
  });
}

/** The visitor has found something to do on this view. */
function use(): void {
  views.at(-1)!.used = true;
}

function move(willed: boolean): void {
  if (path !== address()) next(willed); // not for a hash, nor for the same page again
}

function next(willed: boolean): void {
  flush();
  path = address();
  group = undefined;
  viewId = uuid();
  newView();
  refill();
  begin("internal", willed);
  soon(() => flush(), SETTLE_MS);
}

/** `willed`: the visitor went there, no redirect. */
function begin(referrer_group: string, willed: unknown, at?: number): void {
  const stamp = stampNow(at);
  const view: View = { key: path, since: performance.timeOrigin + (at ?? clock()), stamp };
  const left = views.at(-1);
  // neither a redirect nor a page loaded again is a view of its own
  if (left && (left.key === path || (!willed && view.since - left.since < REDIRECT_MS))) views.pop();
  const [from, over] = views.slice(-2);
  views = [...views, view].slice(-KEPT_VIEWS);
  const dwell = over && view.since - over.since;
  if (willed && dwell! < QUICK_MS && from!.key === path && !over!.used) {
    send({ kind: "quick_back", duration_ms: Math.round(dwell!), threshold_ms: QUICK_MS }, over!.stamp);
  }
  tell((by) => by.viewed?.(view, views));
  flush = () => {
    flush = () => {};
    // the name of the page is known only now
    stamp.page_group = place().page_group;
    view.sent = send({ kind: "page_view", referrer_group }, stamp);
    // a dialog with an address of its own is no page that one could have read
    view.used ||= !!document.querySelector("dialog[open],[aria-modal=true]");
  };
}

/** Where a visitor came from: the site itself, elsewhere, or nowhere known. */
export function referrerGroup(referrer: string, origin: string): string {
  return !referrer ? "none" : referrer.startsWith(origin + "/") ? "internal" : "external";
}

/** Two addresses of one document are two views, but a place within a page is none; a hash router's is. */
function address(): string {
  const { pathname, search, hash } = location;
  return pathname + search + (/^#!?\//.test(hash) ? hash : "");
}
