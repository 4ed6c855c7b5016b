/** What a view shows at once: that it failed, nothing at all, or the same as twice before. */
import { judge } from "../activation/bus";
import { BLANK_MS, LOOP_MS, MOST_BLANK_ELEMENTS, VIEW_DRAWN_MS } from "../limits";
import { isTransparent, isVisible } from "../page/dom";
import { place, type View } from "../page/place";
import { soon } from "../page/safe";
import { send } from "../transport/stamp";

const FIRST_LOOK_MS = 100;
const CONTENT = "img,svg,canvas,video,audio,iframe,object,embed,input,button,textarea,select,meter,progress,hr";
const FAILED = /^\W*(?:error )?(404|410|50[0-4])(\W*$|.* (error|not|gone|gateway|unavailable))|^page not found/i;

export function startPages(): void {
  /** Judges the view that is open, where that has not been done. */
  let look = () => {};
  let isFirst = true;

  const started = (view: View, views: View[]) => {
    const { stamp } = view;
    const [entry] = isFirst ? (performance.getEntriesByType("navigation") as PerformanceNavigationTiming[]) : [];
    isFirst = false;
    const isNow = () => stamp.view_id === place().view_id && !document.hidden;
    let status = 0;
    look = () => {
      if (status || !isNow()) return;
      status = entry && entry.responseStatus >= 400 ? entry.responseStatus : failure();
      if (status) send({ kind: "error_page", status }, stamp);
    };
    const lookNow = look;
    for (const ms of [FIRST_LOOK_MS, VIEW_DRAWN_MS]) soon(lookNow, ms);
    soon(() => isNow() && isBlank() && send({ kind: "blank_page", threshold_ms: BLANK_MS }, stamp), BLANK_MS);
    judgeLoop(view, views);
  };
  judge({ _viewed: started, _leaving: () => look() });
}

/** In circles: to and fro between a list and what is in it is none. */
function judgeLoop(view: View, views: View[]): void {
  const times = views.filter((one) => one.key === view.key && view.since - one.since < LOOP_MS && !one.used && !one.looped);
  const [first, second] = times.map((one) => views[views.indexOf(one) + 1]?.key);
  if (times.length < 3 || first !== second) return;
  view.looped = true;
  send({ kind: "navigation_loop", repeat_count: times.length }, view.stamp);
}

/** The status that the page shows to have failed with by its own title or heading; 0: none. */
function failure(): number {
  for (const text of [document.title, document.querySelector("h1")?.textContent]) {
    const match = FAILED.exec(text ?? "");
    if (match) return +(match[1] ?? 404);
  }
  return 0;
}

function isBlank(): boolean {
  if (document.readyState !== "complete" || document.body.innerText.trim()) return false;
  return ![...document.querySelectorAll("body *")].slice(0, MOST_BLANK_ELEMENTS).some(isContent);
}

/** Anything that a person would see: a picture, a field, a box with a colour or a border. */
function isContent(element: Element): unknown {
  if (element.shadowRoot) return true;
  if (!isVisible(element)) return false;
  if (element.matches(CONTENT)) return true;
  const { backgroundColor, backgroundImage, borderTopWidth } = getComputedStyle(element);
  const { width, height } = element.getBoundingClientRect();
  const isGround = width * height > 0.9 * innerWidth * innerHeight;
  return !isGround && (backgroundImage !== "none" || borderTopWidth !== "0px" || !isTransparent(backgroundColor));
}
