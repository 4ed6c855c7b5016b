/** Reactions that leave no mark in the document: scrolling, media, dialogs, navigation. */
import { acknowledge, happened, latestOpen, type Activation } from "./activation";
import { causeNow } from "./cause";
import { holds, isTextField } from "./dom";
import { isNoise } from "./noise";
import { clock, listen, soon, tap } from "./safe";

const STILL_MS = 400;

/** When the visitor last scrolled or typed. */
export let inputAt = -Infinity;

export function startEvidence(): void {
  listenIn(document);
  // a new tab, another app, elements blur too, and so does the window when the focus goes into a frame
  listen(window, "blur visibilitychange", ({ target }) => target.localName || document.activeElement?.localName === "iframe" || happened(1000));
  tap(window, "open alert confirm prompt print", () => happened());
  listen((window as any).navigation ?? document, "navigate", (event) => {
    const cause = causeNow();
    // "#" leads nowhere by itself: where it does, the page scrolls or changes; back and reload are the visitor's
    if (event.hashChange || (!cause && !/push|replace/.test(event.navigationType))) return;
    const last = cause ?? latestOpen();
    if (last && !event.destination.sameDocument && event.downloadRequest === null) last.navigating = true;
    happened(5000);
  });
}

/** Events of a document: the page's own, or a frame's of the same origin. */
export function listenIn(where: Document): void {
  listen(where, "wheel touchmove keydown", () => (inputAt = clock()));
  // the visitor's own scrolling answers nothing
  listen(where, "scroll", () => clock() - inputAt > STILL_MS && happened());
  listen(where, "play pause seeking volumechange fullscreenchange copy invalid toggle", () => happened());
  listen(where, "input", ({ target }) => {
    inputAt = clock();
    // a checkbox may be set back at once: its value is compared later; and what the visitor types answers no click
    if (!/^(checkbox|radio)$/.test(target.type) && (causeNow() || !isTextField(target))) happened();
  });
  listen(where, "focusin", ({ target }) => isTextField(target) && happened());
  listen(where, "selectionchange", () => {
    const chosen = where.getSelection();
    const last = latestOpen();
    // two quick clicks select a button's own words
    if (last && chosen?.isCollapsed === false && !(last.isControl && holds(last.thing, chosen.anchorNode!))) happened();
  });
  listen(where, "submit", (event: SubmitEvent) => {
    const last = causeNow() ?? latestOpen();
    if (last) soon(() => {
      if (event.defaultPrevented) return;
      acknowledge(last);
      last.navigating = (event.target as HTMLFormElement).target !== "_blank";
    });
  });
}

/** Whether something else than the thing itself moves since: its own press and hover styles are no answer. */
export function isAnimated({ t, target, thing }: Activation): boolean {
  return target.ownerDocument.getAnimations().some((animation) => {
    const since = (animation.startTime as number) - t;
    const moved = (animation.effect as KeyframeEffect | null)?.target;
    return since > -1 && since < STILL_MS && moved && !isNoise(moved, "class", clock()) && !isNoise(moved, "style", clock()) && !holds(thing, moved) && !holds(moved, target);
  });
}
