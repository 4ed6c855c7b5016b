/** Hears every click, tap and key press on a control, and opens a record for each. */
import { HAND_MS, MOVED_PX, RELEASE_MS } from "../limits";
import { CONTROL, closest, controlBelow, isNative, isTextField, pointerRoot } from "../page/dom";
import { clock, listen, soon } from "../page/safe";
import { namesOf } from "../page/selector";
import { snapshot } from "../page/snapshot";
import { stamp } from "../transport/stamp";
import { judge, tell } from "./bus";
import { causeNow, enter } from "./cause";
import { acknowledge, acknowledgeChanged, add, isNear, isWorking, latestOpen, release, remove, waitingActivations } from "./open";
import { Outcome, type Activation } from "./record";
import { tickOn } from "./settle";
import { watch } from "./watch";

/** Where a choice stands already, nothing has to happen. */
const CHOSEN = "[aria-selected=true],[aria-current]:not([aria-current=false]),[role*=radio][aria-checked=true]";
/** By what the chosen one of several is known where nothing else says so. */
const CHOSEN_STATE = "[aria-pressed=true],[data-state=active],[data-state=on],[data-state=checked]";
const CHOSEN_CLASS = /(^|[_-]|is)(selected|active|current|chosen|checked)$/i;
/** Controls of which no click comes when a key is pressed. */
const KEYED = "[role]:not(button,a,input)";

let press: Activation | null = null;
/** The press has become a drag, which may end in a click. */
let isDragged = false;

export function startListening(): void {
  listenTo(window);
  // a frame of the same origin has events of its own
  judge({ _entered: (root) => root.nodeType === 9 && root !== document && listenTo(root) });
  replayEarly();
}

function listenTo(on: EventTarget): void {
  listen(on, "pointerdown", (event: PointerEvent) => {
    press = event.isTrusted && !event.button ? begin(event) : null;
    isDragged = false;
  });
  // of a mouse in the task of the pointer's event, of a finger in one of its own
  listen(on, "mousedown", () => press && enter(press));
  listen(on, "pointerup pointercancel", released);
  listen(on, "click", clicked);
  listen(on, "keydown", pressed);
}

function released(event: PointerEvent): void {
  const pressed = press;
  if (!pressed) return;
  enter(pressed);
  const isMoved = Math.hypot(event.clientX - pressed._x, event.clientY - pressed._y) > MOVED_PX;
  if (isMoved || event.type === "pointercancel") {
    isDragged = true;
    press = null;
    remove(pressed);
  }
  // a disabled control gets no click, yet people click it
  else if (pressed._thing.matches(":disabled")) commit(pressed);
}

function clicked(event: MouseEvent): void {
  if (!event.isTrusted || event.button || (isDragged && event.detail)) return;
  const cause = causeNow();
  // a label clicks its control in turn
  if (!press && cause?._isCommitted && cause === latestOpen()) return;
  const activation = event.detail && press ? press : begin(event);
  activation._count = event.detail;
  enter(activation);
  commit(activation);
  const link = closest(activation._target, "a[href]") as HTMLAnchorElement | null;
  if (link) soon(() => event.defaultPrevented || followed(link, activation));
}

function pressed(event: KeyboardEvent): void {
  const [target] = event.composedPath() as Element[];
  // of native controls a click follows
  if (!event.isTrusted || event.repeat || !/^(Enter| )$/.test(event.key) || !target?.matches(KEYED)) return;
  const activation = begin(event);
  enter(activation);
  commit(activation);
}

/** A record of an input, and what the page looks like before it is handled. */
function begin(event: any): Activation {
  const target = event.composedPath()[0] as Element;
  const now = clock();
  // a frame counts from its own beginning
  const delay = Math.max(0, (event.view ?? window).performance.now() - event.timeStamp);
  const control = closest(target, CONTROL) ?? controlBelow(target, event.clientX, event.clientY);
  const thing = control ?? pointerRoot(target);
  const time = now - delay;
  const before = latestOpen();
  const isSame = before?._thing === thing;
  // no hand is quicker, and looking is the dearest part of a click
  const look = isSame && time - before._time < HAND_MS ? before._look : snapshot(thing);
  const activation = record(target, thing, time, event);
  Object.assign(activation, { _isControl: !!control, _delay: delay, _look: look, _isChosen: isChosen(thing) });
  // how those before left their places has stood until this press
  if (isSame && before._look !== look) acknowledge(before);
  acknowledgeChanged(thing);
  add(activation);
  watch();
  enter(activation);
  tickOn();
  soon(() => release(activation), RELEASE_MS);
  return activation;
}

function record(target: Element, thing: Element, time: number, event: any): Activation {
  return {
    _time: time,
    _x: event.clientX,
    _y: event.clientY,
    _target: target,
    _thing: thing,
    _isControl: false,
    _stamp: { ...stamp(time), ...namesOf(thing) },
    _count: 0,
    _delay: 0,
    _look: "",
    _answeredAt: 0,
    _marks: [],
    _repliedAt: Infinity,
    _drawsUntil: 0,
    _errors: 0,
    _requests: 0,
    _awaitedUntil: 0,
    _looks: 0,
    _outcome: Outcome.open,
  };
}

function commit(activation: Activation): void {
  press = null;
  activation._isCommitted = true;
  if (isAnsweredAtOnce(activation)) acknowledge(activation);
  tell((by) => by._committed?.(activation));
}

function isAnsweredAtOnce(activation: Activation): unknown {
  const { _target, _thing } = activation;
  return (
    activation._isChosen ||
    closest(_target, CHOSEN) ||
    // the browser itself reacts there
    isTextField(_target) ||
    isNative((_thing as HTMLLabelElement).control ?? _target) ||
    // where work in progress is shown, that answers another click as well
    waitingActivations().some((other) => isNear(other, activation) && isWorking(other))
  );
}

/** Whether it, or the item that it stands in, is marked as the chosen one among its like. */
function isChosen(thing: Element): boolean {
  const { type, checked } = (thing as HTMLLabelElement).control ?? (thing as any);
  if (type === "radio") return checked;
  for (let at: Element | null = thing, level = 0; at?.parentElement && level < 3; at = at.parentElement, level++) {
    const like = [...at.parentElement.children].filter((one) => one !== at && one.localName === at!.localName);
    if (like[0] && isMarked(at)) return !like.some(isMarked);
  }
  return false;
}

function isMarked(element: Element): boolean {
  return element.matches(CHOSEN_STATE) || [...element.classList].some((name) => CHOSEN_CLASS.test(name));
}

/** What the browser does of itself when the page has not prevented it. */
function followed(link: HTMLAnchorElement, activation: Activation): void {
  const href = link.getAttribute("href")!.trim();
  // scripts lead nowhere by themselves, nor do places that this page does not have
  if (/^javascript:/i.test(href) || (href[0] === "#" && !isPlace(href.slice(1)))) return;
  acknowledge(activation);
  activation._isNavigating = link.target !== "_blank" && link.getAttribute("download") == null;
}

function isPlace(name: string): unknown {
  return name === "top" || document.getElementById(name) || document.getElementsByName(name)[0];
}

/** Clicks of before the agent, kept by the snippet: nobody knows what they changed, only that they were made and what they threw. */
function replayEarly(): void {
  for (const event of (window as any).__snagEarly ?? []) {
    if (event.type !== "click" || !event.isTrusted || !event.target?.matches) continue;
    const { target, timeStamp } = event;
    const thing = closest(target, CONTROL) ?? target;
    const early = record(target, thing, timeStamp, event);
    Object.assign(early, { _isControl: thing.matches(CONTROL), _isEarly: true, _isCommitted: true, _isDone: true, _outcome: Outcome.acknowledged });
    soon(() => release(early), RELEASE_MS);
    tell((by) => by._committed?.(early));
    event.snagActivation = early;
  }
}
