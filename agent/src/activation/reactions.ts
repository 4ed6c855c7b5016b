/** Reactions that only a call reports: the clipboard, dialogs of the browser, sound, drawing, rules of style sheets. */
import { DIALOG_MS, STAGE_SHARE, STILL_MS } from "../limits";
import { holds, isVisible } from "../page/dom";
import { clock, guard, parsed, soon, tap, wrap } from "../page/safe";
import { causeNow } from "./cause";
import { acknowledge, happened, latestOpen } from "./open";
import type { Activation } from "./record";

const page = window as any;

export function startReactions(): void {
  tap(window, "open alert confirm prompt print close", () => happened());
  tap(HTMLElement.prototype, "click", (_, element) => causeNow() && element.matches("a[href],[type=file]") && happened());
  tap(page.SpeechSynthesis?.prototype, "speak", caused);
  tap(page.AudioScheduledSourceNode?.prototype, "start", caused);
  tap(page.CustomStateSet?.prototype, "add delete", caused);
  tap(page.HTMLSelectElement?.prototype, "showPicker", caused);
  tap(page.HTMLInputElement?.prototype, "showPicker", caused);
  tap(Navigator.prototype, "vibrate", caused);
  awaitResults();
  watchSheets();
  watchAnimations();
  watchCanvases();
  watchFrames();
}

function caused(): void {
  if (causeNow()) happened();
}

// --- calls of which something has to come first

function awaitResults(): void {
  wrap(page.Clipboard?.prototype, "writeText write", (call) => comes(call(), Infinity));
  wrap(page.HTMLMediaElement.prototype, "play", (call) => comes(call(), Infinity));
  // these ask the visitor
  wrap(Navigator.prototype, "share", (call) => comes(call()));
  wrap(window, "showOpenFilePicker showSaveFilePicker showDirectoryPicker", (call) => comes(call()));
  wrap(page.PaymentRequest?.prototype, "show", (call) => comes(call()));
  wrap(page.CredentialsContainer?.prototype, "get create", (call) => comes(call()));
  wrap(page.MediaDevices?.prototype, "getUserMedia getDisplayMedia", (call) => comes(call()));
  wrap(page.EyeDropper?.prototype, "open", (call) => comes(call()));
  wrap(page.Notification, "requestPermission", (call) => comes(call()));
}

/** Acknowledge once the promise is kept, or has not been broken after `ms`. Passed through, not forked: who does not handle it must hear of it. */
function comes(promise: any, ms = DIALOG_MS): unknown {
  const cause = causeNow();
  if (!cause || !promise?.then) return promise;
  let isOver = false;
  if (ms < Infinity) soon(() => isOver || acknowledge(cause), ms);
  return promise.then(
    (value: unknown) => {
      isOver = true;
      guard(acknowledge)(cause);
      return value;
    },
    (fault: unknown) => {
      isOver = true;
      throw fault;
    },
  );
}

// --- style sheets changed by script

function watchSheets(): void {
  const names = "insertRule deleteRule replaceSync";
  for (const owner of [CSSStyleSheet.prototype, page.CSSGroupingRule?.prototype]) wrap(owner, names, (call) => differs(call));
  for (const [owner, name] of [[StyleSheet.prototype, "disabled"], [Document.prototype, "adoptedStyleSheets"], [ShadowRoot.prototype, "adoptedStyleSheets"]] as [object, string][]) {
    tapSetter(owner, name, (call) => differs(call));
  }
  wrap(CSSStyleDeclaration.prototype, "setProperty", (call, _, style) => (style.parentRule ? differs(call) : call()));
}

/** Do it, and see whether the surroundings of the click look otherwise at once. */
function differs(call: () => unknown): unknown {
  const cause = causeNow();
  if (!cause) return call();
  const before = colours(cause);
  const result = call();
  guard(() => before !== colours(cause) && happened())();
  return result;
}

const SHOWN = ["color", "backgroundColor", "borderTopColor", "borderTopWidth", "display", "visibility", "opacity", "transform", "boxShadow", "fontSize", "fontWeight", "width", "height"] as const;

function colours({ _thing, _target }: Activation): string {
  const { body, documentElement } = document;
  const around = [documentElement, body, ...body.children, _thing, _target, _thing.parentElement, ...(_thing.parentElement?.children ?? [])].slice(0, 30);
  return around.map((element) => element && SHOWN.map((name) => getComputedStyle(element)[name]).join()).join();
}

function tapSetter(owner: object, name: string, act: (call: () => unknown) => unknown): void {
  const property = Object.getOwnPropertyDescriptor(owner, name);
  if (!property?.set || !property.configurable) return;
  const holder = { set: property.set };
  wrap(holder, "set", act);
  Object.defineProperty(owner, name, { ...property, set: holder.set });
}

// --- movements

function watchAnimations(): void {
  tap(Element.prototype, "animate", ([, options], element: Element) => {
    const cause = causeNow();
    // a press effect starts with the press; a ripple is drawn beside or below the words
    if (!cause?._isCommitted || options?.pseudoElement || !isVisible(element) || isRippleLike(element, cause._thing)) return;
    if (holds(cause._thing, element) || holds(element, cause._target)) happened();
  });
}

function isRippleLike(element: Element, thing: Element): boolean {
  return element !== thing && holds(thing, element) && !element.textContent!.trim() && getComputedStyle(element).position === "absolute";
}

// --- pictures, drawn wherever

/** What draws, by the name under which a canvas is asked for it: these classes are dear to touch where nobody uses them. */
const CONTEXTS: Record<string, string> = {
  "2d": "CanvasRenderingContext2D",
  webgl: "WebGLRenderingContext",
  "experimental-webgl": "WebGLRenderingContext",
  webgl2: "WebGL2RenderingContext",
  bitmaprenderer: "ImageBitmapRenderingContext",
  webgpu: "GPUQueue",
};
const DRAWING =
  "fill stroke fillRect clearRect strokeRect fillText strokeText drawImage putImageData drawArrays drawElements drawArraysInstanced drawElementsInstanced clear transferFromImageBitmap submit reset";

function watchCanvases(): void {
  /** Canvases that were drawn on without anybody's doing, and when. */
  const restless = new WeakMap<object, number>();
  const watched = new Set<string>();
  let handedOver: WeakRef<Element>[] = [];
  const watchDrawing = (name: string | undefined) => {
    if (!name || watched.has(name)) return;
    watched.add(name);
    tap(page[name]?.prototype, DRAWING, (_, context) => {
      const last = latestOpen();
      const canvas = context.canvas ?? context;
      const isBuffer = canvas.nodeType && !canvas.isConnected;
      if (causeNow() || (last && !isBuffer && (last._time - (restless.get(canvas) ?? -Infinity) > STILL_MS || isStage(canvas)))) happened();
      else restless.set(canvas, clock());
    });
  };
  for (const owner of ["HTMLCanvasElement", "OffscreenCanvas"]) tap(page[owner]?.prototype, "getContext", ([type]) => watchDrawing(CONTEXTS[type]));
  // those that were made before the agent came
  parsed(() => document.querySelector("canvas") && Object.values(CONTEXTS).forEach(watchDrawing));
  tap(page.HTMLCanvasElement?.prototype, "transferControlToOffscreen", (_, canvas) => handedOver.push(new WeakRef(canvas)));
  // what a worker draws nobody can see from here: where it is told something by a click, that may be the answer
  tap(page.Worker?.prototype, "postMessage", () => {
    handedOver = handedOver.filter((canvas) => canvas.deref());
    if (causeNow() && handedOver.some((canvas) => isVisible(canvas.deref()!))) happened();
  });
}

/** A large canvas that always draws, as a game's: whether it answered a click nobody can see from here. */
function isStage(canvas: HTMLCanvasElement): boolean {
  if (!isVisible(canvas)) return false;
  const { pointerEvents, zIndex } = getComputedStyle(canvas);
  return canvas.offsetWidth * canvas.offsetHeight > STAGE_SHARE * innerWidth * innerHeight && pointerEvents !== "none" && !(+zIndex < 0);
}

/** What a frame of another origin shows nobody can see from here: where a click tells it something, that may be the answer. */
function watchFrames(): void {
  const property = Object.getOwnPropertyDescriptor(HTMLIFrameElement.prototype, "contentWindow");
  if (!property?.get || !property.configurable) return;
  const holder = { get: property.get };
  tap(holder, "get", (_, frame) => causeNow() && !frame.contentDocument && isVisible(frame) && happened());
  Object.defineProperty(HTMLIFrameElement.prototype, "contentWindow", { ...property, get: holder.get });
}
