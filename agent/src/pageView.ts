/** Which view the visitor looks at: documents, and the views of single-page apps. */
import { uuid } from "./ids";
import type { Report } from "./report";
import { listen, parsed, soon, tap } from "./safe";
import { template } from "./scrub";
import { newView } from "./session";

/** A single-page app changes the address first and its data-snag-page some renderings later. */
const SETTLE_MS = 100;

let viewId = uuid();
let path = address();

/** The view of this moment; `page_group` is what the site calls it, else the path's template. */
export function place(): { view_id: string; page_group: string } {
  const { body, documentElement } = document;
  const named = [body, documentElement].map((element) => element?.getAttribute("data-snag-page")).find(Boolean);
  return { view_id: viewId, page_group: (named ?? template(location.pathname)).slice(0, 200) };
}

/** Report this view and those that follow. `changed` hears of each new one. Returns a hurry-up for exits. */
export function start(report: Report, changed: () => void): () => void {
  let flush = () => {};
  const begin = (referrer_group: string, at?: number) => {
    flush();
    const stamp = report.stamp(at);
    flush = () => {
      flush = () => {};
      // the name of the page is known only now
      report.send({ kind: "page_view", referrer_group }, { ...stamp, ...place(), view_id: stamp.view_id });
    };
  };
  const next = () => {
    flush();
    viewId = uuid();
    newView();
    changed();
    begin("internal");
    soon(() => flush(), SETTLE_MS);
  };
  const move = () => {
    const before = path;
    path = address();
    if (path !== before) next(); // not for a hash, nor for the same page again
  };

  begin(referrerGroup(document.referrer, location.origin), 0);
  parsed(() => flush());
  // the address has not changed yet when pushState is called
  tap(history, "pushState", () => soon(move));
  tap(history, "replaceState", () => soon(() => (path = address())));
  listen(window, "popstate", () => soon(move));
  listen(window, "pageshow", ({ persisted }) => persisted && next());
  return () => flush();
}

/** Where a visitor came from: the site itself, elsewhere, or nowhere known. */
export function referrerGroup(referrer: string, origin: string): string {
  return !referrer ? "none" : referrer.startsWith(origin + "/") ? "internal" : "external";
}

function address(): string {
  return location.pathname + location.search;
}
