/** Which view the visitor looks at, and whether the visitor turned back at once. */
import { judge, tell } from "../activation/bus";
import { causeNow, enter } from "../activation/cause";
import { happened, latestOpen } from "../activation/open";
import { Outcome } from "../activation/record";
import { MOST_VIEWS, QUICK_BACK_MS, REDIRECT_MS, VIEW_SETTLE_MS } from "../limits";
import { refill, send, stamp as stampNow } from "../transport/stamp";
import { newView, read, write } from "../transport/session";
import { dimensions } from "./dimensions";
import { DIALOG, closest, isVisible } from "./dom";
import { enterView, hasMoved, place, rename, viewPath, type View } from "./place";
import { clock, listen, parsed, soon, tap, wrap } from "./safe";

let views: View[] = [];
let flush = () => {};
/** The heading when the visitor clicked: where it still stands, a dialog has opened and no other page has come. */
let heading: string | undefined;

/** The views up to now, the newest last. */
export function seenViews(): View[] {
  return views;
}

/** Report this view and those that follow. */
export function startPageViews(): void {
  const [entry] = performance.getEntriesByType("navigation") as (PerformanceNavigationTiming & { activationStart?: number })[];
  views = read("views") ?? [];
  const { referrer } = document;
  // a prerendered page begins when the visitor comes
  begin(referrerGroup(referrer, location.origin), entry?.type === "back_forward" || views.at(-1)?.acted, entry?.activationStart ?? 0);
  parsed(() => flush());
  followAddress();
  listen(window, "pageshow", ({ persisted }) => {
    if (!persisted) return;
    views = read("views") ?? views;
    next(true);
  });
  listen(document, "scroll", () => scrollY > innerHeight / 2 && use());
  listen(document, "input", use);
  judge({
    _committed() {
      move(false);
      heading = headingNow();
      views.at(-1)!.acted = true;
    },
    _settled({ _outcome, _isNavigating, _isEarly, _stamp, _thing }) {
      if (!views.at(-1)!.used && _outcome === Outcome.acknowledged && !_isNavigating && !_isEarly && _stamp.view_id === place().view_id && !isOverlay(_thing)) use();
    },
    _tick: () => move(true),
    _leaving() {
      flush();
      write("views", views);
    },
  });
}

/** Whoever changes the address, and however: it is compared whenever it may have changed. */
function followAddress(): void {
  // the address has not changed yet when pushState is called
  tap(History.prototype, "pushState", () => {
    happened();
    const isWilled = !!causeNow();
    soon(() => move(isWilled));
  });
  // of the view that is shown; where the browser has gone elsewhere before, that is another view
  wrap(History.prototype, "replaceState", (call) => {
    const isOwn = !hasMoved();
    const result = call();
    if (isOwn) rename();
    return result;
  });
  // what the page does then is the doing of who went there
  listen(window, "hashchange popstate", () => {
    const last = latestOpen();
    if (last) enter(last);
    soon(() => move(true));
  });
  // a router that intercepts navigations calls none of the above
  const { navigation } = window as any;
  if (navigation) listen(navigation, "currententrychange", ({ navigationType }) => {
    const isWilled = !!(causeNow() ?? latestOpen()) || navigationType === "traverse";
    if (navigationType !== "replace" && navigationType) soon(() => move(isWilled));
    else if (navigationType && hasMoved()) soon(rename);
  });
}

/** The visitor has found something to do on this view. */
function use(): void {
  views.at(-1)!.used = true;
}

/** A dialog, a consent bar, a wall: no use of the page that it lies before. */
function isOverlay(thing: Element): boolean {
  if (closest(thing, DIALOG)) return true;
  for (let at: Element | null = thing; at && at !== document.body; at = at.parentElement) if (getComputedStyle(at).position === "fixed") return true;
  return false;
}

function move(isWilled: boolean): void {
  if (hasMoved()) next(isWilled); // not for a hash, nor for the same page again
}

function next(isWilled: boolean): void {
  flush();
  enterView();
  newView();
  refill();
  begin("internal", isWilled);
  soon(() => flush(), VIEW_SETTLE_MS);
}

/** `isWilled`: the visitor went there, no redirect. */
function begin(referrer_group: string, isWilled: unknown, at?: number): void {
  const stamp = stampNow(at);
  const view: View = { key: viewPath(), since: performance.timeOrigin + (at ?? clock()), stamp };
  const left = views.at(-1);
  // neither a redirect nor a page loaded again is a view of its own
  if (left && (left.key === view.key || (!isWilled && view.since - left.since < REDIRECT_MS))) views.pop();
  const [from, over] = views.slice(-2);
  views = [...views, view].slice(-MOST_VIEWS);
  const dwell = over && view.since - over.since;
  if (isWilled && dwell! < QUICK_BACK_MS && from!.key === view.key && !over!.used) {
    send({ kind: "quick_back", duration_ms: Math.round(dwell!), threshold_ms: QUICK_BACK_MS }, over!.stamp);
  }
  tell((by) => by._viewed?.(view, views));
  flush = () => {
    flush = () => {};
    // the name of the page is known only now
    stamp.page_group = place().page_group;
    view.sent = send({ kind: "page_view", referrer_group, ...dimensions() }, stamp);
    // a dialog with an address of its own is no page that one could have read
    view.used ||= !!heading && heading === headingNow() && [...document.querySelectorAll(DIALOG)].some(isVisible);
  };
}

function headingNow(): string {
  return [...document.querySelectorAll("h1,h2")].filter((one) => !closest(one, DIALOG)).map((one) => one.textContent).join();
}

/** Where a visitor came from: the site itself, elsewhere, or nowhere known. */
export function referrerGroup(referrer: string, origin: string): string {
  return !referrer ? "none" : referrer.startsWith(origin + "/") ? "internal" : "external";
}
