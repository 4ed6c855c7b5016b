/** What a view shows at once: that it failed, nothing at all, or the same as twice before. */
import { isVisible } from "./dom";
import type { Core } from "./main";
import type { View } from "./pageView";
import { soon } from "./safe";

const LOOP_MS = 120_000;
/** What a single-page app fetches for a view is there by then. */
const DRAWN_MS = 1500;
const BLANK_MS = 5000;
const CONTENT = "img,svg,canvas,video,iframe,object,embed,input,button";
const FAILED = /^\W*(?:error )?(404|410|50[0-4])(\W*$|.* (error|not|gone|gateway|unavailable))|^page not found/i;

export function start({ report, judge, place, seen }: Core): void {
  /** Judges the view that is open, where that has not been done. */
  let look = () => {};

  const begun = (view: View, views: View[], entry?: PerformanceNavigationTiming) => {
    const { stamp } = view;
    const isNow = () => stamp.view_id === place().view_id && !document.hidden;
    let status = 0;
    look = () => {
      if (status || !isNow()) return;
      status = entry && entry.responseStatus >= 400 ? entry.responseStatus : failure();
      if (status) report({ kind: "error_page", status }, stamp);
    };
    const lookNow = look;
    for (const ms of [100, DRAWN_MS]) soon(lookNow, ms);
    soon(() => isNow() && isBlank() && report({ kind: "blank_page", threshold_ms: BLANK_MS }, stamp), BLANK_MS);

    const times = views.filter((one) => one.key === view.key && view.since - one.since < LOOP_MS && !one.used && !one.told);
    const [first, second] = times.map((one) => views[views.indexOf(one) + 1]?.key);
    // in circles: to and fro between a list and what is in it is none
    if (times.length > 2 && first === second) {
      view.told = true;
      report({ kind: "navigation_loop", repeat_count: times.length }, stamp);
    }
  };
  judge({ viewed: begun, leaving: () => look() });
  // this file comes after the first view has begun
  begun(seen().at(-1)!, seen(), performance.getEntriesByType("navigation")[0] as PerformanceNavigationTiming | undefined);
}

/** The status that the page shows to have failed with by its own title or heading; 0: none. */
function failure(): number {
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
