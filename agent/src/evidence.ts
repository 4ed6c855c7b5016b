/** Reactions that leave no mark in the document: scrolling, media, downloads, drawing, navigation. */
import { acknowledge, happened, latestOpen, type Activation } from "./activation";
import { causeNow } from "./cause";
import { holds, isTextField } from "./dom";
import { clock, listen, soon, tap } from "./safe";

const STILL_MS = 400;

/** When the visitor last scrolled or typed. */
export let inputAt = -Infinity;
/** When the page last opened one of the browser's own dialogs, which block it. */
export let dialogAt = -Infinity;

export function startEvidence(): void {
  listenIn(document);
  listen(window, "blur beforeprint", ({ target }) => {
    // elements blur too, and so does the window when the focus goes into a frame
    if (target === window && document.activeElement?.localName !== "iframe") happened(1000);
  });
  // a new tab, another app; later than this the visitor has given up
  listen(document, "visibilitychange", () => happened(1000));
  tap(History.prototype, "pushState", () => happened());
  tap(window, "open", () => happened());
  tap(window, "alert confirm prompt print", () => {
    dialogAt = clock();
    happened();
  });
  const caused = () => causeNow() && happened();
  tap(window.Clipboard?.prototype, "writeText write", caused);
  tap(URL, "createObjectURL", caused); // a download made by a script
  tap(HTMLMediaElement.prototype, "play", caused); // also of media outside the document
  tap(HTMLInputElement.prototype, "click", caused); // a file is asked for
  startNavigation();
  startDrawing();
}

/** Events of a document: the page's own, or a frame's of the same origin. */
export function listenIn(where: Document): void {
  listen(where, "wheel touchmove keydown", () => (inputAt = clock()));
  // the visitor's own scrolling answers nothing
  listen(where, "scroll", () => clock() - inputAt > STILL_MS && happened());
  listen(where, "play pause seeking volumechange fullscreenchange copy invalid toggle", () => happened());
  listen(where, "input", ({ target }) => {
    inputAt = clock();
    // a checkbox may be set back at once: its value is compared later
    if (!/^(checkbox|radio)$/.test(target.type)) happened();
  });
  listen(where, "focusin", ({ target }) => {
    if (isTextField(target)) happened();
  });
  listen(where, "selectionchange", () => {
    const chosen = where.getSelection();
    const last = latestOpen();
    // two quick clicks select a button's own words
    if (last && chosen?.isCollapsed === false && !(last.isControl && holds(last.thing, chosen.anchorNode!))) happened();
  });
  listen(where, "submit", (event: SubmitEvent) => {
    const last = causeNow() ?? latestOpen();
    if (!last) return;
    soon(() => {
      if (event.defaultPrevented) return;
      acknowledge(last);
      last.navigating = (event.target as HTMLFormElement).target !== "_blank";
    });
  });
}

/** Whether something else than the thing itself moves since: its own press and hover styles are no answer. */
export function isAnimated(activation: Activation, moving: Animation[]): boolean {
  return moving.some((animation) => {
    const since = (animation.startTime as number) - activation.t;
    const moved = (animation.effect as KeyframeEffect | null)?.target;
    return since > -1 && since < 400 && moved && !holds(activation.thing, moved) && !moved.contains(activation.target);
  });
}

function startNavigation(): void {
  const { navigation } = window as any;
  if (!navigation) return listen(window, "beforeunload", () => happened());
  listen(navigation, "navigate", (event) => {
    const cause = causeNow();
    // "#" leads nowhere by itself: where it does, the page scrolls or changes; back and reload are the visitor's
    if (event.hashChange || (!cause && !/push|replace/.test(event.navigationType))) return;
    const last = cause ?? latestOpen();
    if (last && !event.destination.sameDocument && event.downloadRequest === null) last.navigating = true;
    happened(5000);
  });
}

/** Canvas: whether something was drawn, not what. A canvas that draws all the time is noise. */
function startDrawing(): void {
  let drawnAt = -Infinity;
  const drawn = () => {
    const last = latestOpen();
    if (last && last.t - drawnAt > STILL_MS) happened();
    else drawnAt = clock();
  };
  for (const context of ["CanvasRenderingContext2D", "WebGLRenderingContext", "WebGL2RenderingContext"]) {
    tap((window as any)[context]?.prototype, "fill stroke fillRect clearRect drawImage drawArrays drawElements", drawn);
  }
}
