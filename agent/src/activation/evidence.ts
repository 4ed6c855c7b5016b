/** Reactions that leave no mark in the document, but an event: scrolling, media, focus, navigation. */
import { OWN_MS, STILL_MS } from "../limits";
import { closest, holds, isTextField, isVisible } from "../page/dom";
import { clock, listen, soon } from "../page/safe";
import { judge } from "./bus";
import { causeNow } from "./cause";
import { isNoise } from "./noise";
import { acknowledge, happened, latestOpen } from "./open";
import type { Activation } from "./record";

let inputAt = -Infinity;

/** When the visitor last scrolled or typed. */
export function lastInputAt(): number {
  return inputAt;
}

export function startEvidence(): void {
  judge({ _entered: listenIn });
  // a new tab, another app, elements blur too, and so does the window when the focus goes into a frame
  listen(window, "blur visibilitychange", ({ target }) => target.localName || document.activeElement?.localName === "iframe" || happened(OWN_MS));
  listen((window as any).navigation ?? document, "navigate", navigates);
  // older browsers do not report it otherwise
  if (!("navigation" in window)) listen(window, "beforeunload", () => happened());
}

function navigates(event: any): void {
  const cause = causeNow();
  // "#" leads nowhere by itself: where it does, the page scrolls or changes; back and reload are the visitor's
  if (event.hashChange || (!cause && !/push|replace/.test(event.navigationType))) return;
  const last = cause ?? latestOpen();
  if (last && !event.destination.sameDocument && event.downloadRequest === null) last._isNavigating = true;
  happened(5000);
}

/** The element that an event is about, also inside a shadow root. */
function targetOf(event: Event): any {
  return event.composedPath()[0];
}

/** Events of a document or a shadow root: some do not leave the root that they happen in. */
function listenIn(root: Document | ShadowRoot): void {
  listen(root, "wheel touchmove keydown", () => (inputAt = clock()));
  // the visitor's own scrolling answers nothing
  listen(root, "scroll", () => clock() - inputAt > STILL_MS && happened());
  listen(
    root,
    "playing pause seeking volumechange ratechange fullscreenchange pointerlockchange enterpictureinpicture leavepictureinpicture copy cut toggle beforetoggle",
    () => happened(),
  );
  // a bubble of the browser's own, at a field that can be seen
  listen(root, "invalid", (event) => isVisible(targetOf(event)) && happened());
  listen(root, "input change", (event) => {
    const target = targetOf(event);
    if (event.type === "input") inputAt = clock();
    // what a component tells its page nobody sees
    if (!event.isTrusted && !/^(input|select|textarea)$/.test(target.localName)) return;
    // a checkbox may be set back at once: its value is compared later; and what the visitor types, and leaves, answers no click
    if (!/^(checkbox|radio)$/.test(target.type) && (isTextField(target) ? causeNow() && !event.isTrusted : true)) happened();
  });
  listen(root, "focusin", (event) => isElsewhere(targetOf(event)) && happened());
  if (root.nodeType === 9) listen(root, "selectionchange", () => selects(root as Document));
  listen(root, "submit", (event: SubmitEvent) => {
    const last = causeNow() ?? latestOpen();
    if (last) soon(() => {
      if (event.defaultPrevented) return;
      acknowledge(last);
      const form = event.target as HTMLFormElement;
      last._isNavigating = form.target !== "_blank" && form.getAttribute("method") !== "dialog";
    });
  });
}

/** Whether the caret has gone into a field that the visitor did not click. */
function isElsewhere(field: Element): unknown {
  const last = latestOpen();
  return isTextField(field) && last && !holds(field, last._target);
}

/** A script has selected something. What the visitor selects by clicking answers nothing. */
function selects(where: Document): void {
  const chosen = where.getSelection();
  const last = latestOpen();
  if (!last || last._count > 1 || chosen?.isCollapsed !== false) return;
  if (!holds(last._thing, chosen.anchorNode!) && !chosen.anchorNode!.contains(last._target)) happened();
}

/** Whether something else than the thing itself moves since: its own press and hover styles are no answer. */
export function isAnimated({ _time, _target, _thing }: Activation, animations: Animation[]): boolean {
  // the box of a checkbox is drawn beside it, and its state is compared later
  const own = /^(checkbox|radio)$/.test((_thing as HTMLInputElement).type) ? (closest(_thing, "label") ?? _thing.parentElement ?? _thing) : _thing;
  return animations.some((animation) => {
    const since = (animation.startTime as number) - _time;
    const moved = (animation.effect as KeyframeEffect | null)?.target;
    return since > -1 && since < STILL_MS && moved && !isNoise(moved, "class", clock()) && !isNoise(moved, "style", clock()) && !holds(own, moved) && !holds(moved, _target);
  });
}
