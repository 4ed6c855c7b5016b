/** Every click, tap and key press on a control: one record, which ends with an outcome. */
import { causeNow, enter, type Settled } from "./cause";
import { isUndecided, ripe, type Change } from "./changes";
import { CONTROL, closest, isNative, isTextField } from "./dom";
import { isAnimated } from "./evidence";
import { look } from "./look";
import type { View } from "./pageView";
import { isHabit } from "./noise";
import { Outcome } from "./outcome";
import { stamp, type Stamp } from "./report";
import { clock, guard, listen, soon } from "./safe";
import { namesOf } from "./selector";
import { watch } from "./watch";
import { busyMark } from "./busy";


export interface Activation {
  /** performance time of the input itself, not of its handling */
  t: number;
  x: number;
  y: number;
  target: Element;
  /** closest interactive ancestor, else the target */
  thing: Element;
  /** whether `thing` is a control by its markup */
  isControl: boolean;
  stamp: Stamp;
  /** a click has come of the press */
  committed?: boolean;
  /** the visitor had to wait so long before the page even heard of it */
  delay: number;
  /** how it looked before */
  look: string;
  /** when the page answered it; 0: not yet */
  answeredAt: number;
  /** each tells whether a sign of work in progress is still shown */
  marks: (() => boolean)[];
  /** when a request of it was answered last; Infinity: not yet */
  replied: number;
  errors: number;
  requests: number;
  /** until when something that it has put off is still to come */
  awaited: number;
  navigating?: boolean;
  /** how often it was looked at: a blocked page gets its chance first */
  looks: number;
  outcome: Outcome;
}

/** One that judges by what it is told. */
export interface Judge {
  committed?(activation: Activation): void;
  settled?(activation: Activation): void;
  /** a visible change that came after the outcome */
  late?(activation: Activation, at: number, isHabit: unknown): void;
  /** a request of the activation has ended */
  answered?(activation: Activation, request: Settled): void;
  /** an error goes back to the activation */
  threw?(activation: Activation, fault: object): void;
  /** a form was not accepted */
  refused?(form: Element, why?: object): void;
  accepted?(form: Element): void;
  /** another view of the page has begun */
  viewed?(view: View, views: View[]): void;
  tick?(now: number): void;
  /** the page may be gone at once; what is open has been settled */
  leaving?(now: number, isExit: unknown): void;
}

const SETTLE_MS = 2000;
const LONGEST_MS = 6000;
const TICK_MS = 100;
const MOVED_PX = 10;
const HAND_MS = 60;
/** A tick comes each 100 ms of a page that is not blocked. */
const LOOKS = 12;
/** Too fresh for a verdict when the page is left. */
const FRESH_MS = 500;
const WATCH_MS = 3000;
const GIVEN_UP_MS = 30_500;

const CHOSEN = "[aria-selected=true],[aria-current=page]";

let open: Activation[] = [];
/** Settled, but the result that was promised or asked for may still come. */
let waiting: Activation[] = [];
const judges: Judge[] = [];
let ticking = false;
let press: Activation | null = null;
/** The press has become a drag, which may end in a click. */
let dragged = false;

/** How a record ends. */
export function outcomeOf(seen: Pick<Activation, "answeredAt" | "marks" | "errors">): Outcome {
  return seen.marks[0] ? Outcome.pending : seen.answeredAt ? Outcome.acknowledged : seen.errors ? Outcome.error : Outcome.none;
}

/** Whether two were meant for the same thing: control, row or card, or place on the screen. */
export function isNear(a: Activation, b: Activation): boolean {
  return a.thing === b.thing || Math.hypot(a.x - b.x, a.y - b.y) <= 30 || (!b.isControl && closest(a.target, CARD) === (closest(b.target, CARD) ?? 0));
}
const CARD = "li,tr,article";

/** The latest one that still waits for an answer. */
export function latestOpen(): Activation | null {
  return open.at(-1) ?? null;
}

/** Something happened that a visitor can see or hear: in the course of an activation, or within `ms` after it. */
export function happened(ms = 1500): void {
  const cause = causeNow();
  if (cause) acknowledge(cause);
  else for (const one of open) if (clock() - one.t < ms) acknowledge(one);
}

export function judge(by: Judge): void {
  judges.push(by);
}

/** Tell all that judge; one judge's fault is not the others'. */
export function tell(what: (by: Judge) => unknown): void {
  judges.forEach((by) => guard(what)(by));
}

export function startActivations(): void {
  listenTo(window);
}

/** Listen in a window, or in the document of a frame. */
export function listenTo(on: EventTarget): void {
  listen(on, "pointerdown", (event: PointerEvent) => {
    press = event.isTrusted && !event.button ? begin(event) : null;
    dragged = false;
  });
  // of a mouse in the task of the pointer's event, of a finger in one of its own
  listen(on, "mousedown", () => press && enter(press));
  listen(on, "pointerup pointercancel", (event: PointerEvent) => {
    const pressed = press;
    if (!pressed) return;
    enter(pressed);
    const moved = Math.hypot(event.clientX - pressed.x, event.clientY - pressed.y) > MOVED_PX;
    if (moved || event.type === "pointercancel") {
      dragged = true;
      press = null;
      open = open.filter((one) => one !== pressed);
    }
    // a disabled control gets no click, yet people click it
    else if (pressed.thing.matches(":disabled")) commit(pressed);
  });
  listen(on, "click", (event: MouseEvent) => {
    if (!event.isTrusted || event.button || (dragged && event.detail)) return;
    const cause = causeNow();
    // a label clicks its control in turn
    if (!press && cause?.committed && cause === latestOpen()) return;
    const clicked = event.detail && press ? press : begin(event);
    enter(clicked);
    commit(clicked);
    const link = closest(clicked.target, "a[href]") as HTMLAnchorElement | null;
    if (link) soon(() => event.defaultPrevented || followed(link, clicked));
  });
  listen(on, "keydown", (event: KeyboardEvent) => {
    const [target] = event.composedPath() as Element[];
    // of native controls a click follows
    if (event.repeat || !/^(Enter| )$/.test(event.key) || !target?.matches(ROLES)) return;
    const pressed = begin(event);
    enter(pressed);
    commit(pressed);
  });
}
const ROLES = "[role]:not(button,a,input)";

/** The page has answered; `mark` tells as long as it only shows that it is at work. */
export function acknowledge(activation: Activation, at = clock(), mark?: () => boolean): void {
  activation.answeredAt ||= Math.max(at, activation.t);
  if (mark) activation.marks.push(mark);
}

/** Settle what is open, as the page may be gone at once. */
export function leaving(isExit?: unknown): void {
  const now = clock();
  weigh(now);
  for (const one of open.filter((known) => known.committed)) {
    // the benefit of the doubt
    if (now - one.t < FRESH_MS || isChanged(one)) acknowledge(one);
    settle(one);
  }
  tell((by) => by.leaving?.(now, isExit));
}

export function isWorking(activation: Activation): boolean {
  return activation.marks.some((mark) => mark());
}

/** Those whose result may still come; the judge of slow steps ends the waiting. */
export function stillWaiting(): Activation[] {
  return waiting;
}

export function endWaiting(activation: Activation): void {
  waiting = waiting.filter((other) => other !== activation);
}

function begin(event: any): Activation {
  const target = event.composedPath()[0] as Element;
  const now = clock();
  // a frame counts from its own beginning
  const delay = Math.max(0, (event.view ?? window).performance.now() - event.timeStamp);
  const control = closest(target, CONTROL);
  const thing = control ?? target;
  const t = now - delay;
  const before = latestOpen();
  const begun: Activation = {
    t,
    x: event.clientX,
    y: event.clientY,
    target,
    thing,
    isControl: !!control,
    stamp: { ...stamp(t), ...namesOf(thing) },
    delay,
    // no hand is quicker, and looking is the dearest part of a click
    look: before?.thing === thing && t - before.t < HAND_MS ? before.look : look(thing),
    answeredAt: 0,
    marks: [],
    replied: Infinity,
    errors: 0,
    requests: 0,
    awaited: 0,
    looks: 0,
    outcome: Outcome.open,
  };
  // how the one before left the place has stood until this press
  if (before?.thing === thing && before.look !== begun.look) acknowledge(before);
  open = open.filter((one) => one.committed || now - one.t < 1000);
  open.push(begun);
  watch(WATCH_MS);
  enter(begun);
  tickOn();
  return begun;
}

function commit(activation: Activation): void {
  press = null;
  activation.committed = true;
  const { target, thing } = activation;
  // where it is chosen already, nothing has to happen; the browser itself reacts there; and where work in progress is shown, that answers another click as well
  const answered = thing.matches(CHOSEN) || isTextField(target) || isNative((thing as HTMLLabelElement).control ?? target) || waiting.some((other) => isNear(other, activation) && isWorking(other));
  if (answered) acknowledge(activation);
  tell((by) => by.committed?.(activation));
}

/** What the browser does of itself when the page has not prevented it. */
function followed(link: HTMLAnchorElement, activation: Activation): void {
  const href = link.getAttribute("href")!.trim();
  // scripts lead nowhere by themselves, nor do places that this page does not have
  if (/^javascript:/i.test(href) || (href[0] === "#" && !document.getElementById(href.slice(1)))) return;
  acknowledge(activation);
  activation.navigating = link.target !== "_blank" && link.getAttribute("download") == null;
}

function tickOn(): void {
  if (!ticking) soon(tick, TICK_MS);
  ticking = true;
}

function tick(): void {
  ticking = false;
  const now = clock();
  weigh(now);
  for (const one of open) {
    if (!one.committed) continue;
    if (one.looks++ < 8 && isAnimated(one)) acknowledge(one);
    const age = now - one.t;
    const due = age >= SETTLE_MS && one.looks >= LOOKS && (age > LONGEST_MS || !isUndecided((change) => answers(change, one)));
    if (due && isChanged(one)) acknowledge(one, one.t); // nobody saw when
    if (due || one.answeredAt) settle(one);
  }
  tell((by) => by.tick?.(now));
  waiting = waiting.filter((one) => now - one.t < GIVEN_UP_MS);
  if (open.length || waiting.length) tickOn();
}

function isChanged({ thing, look: before }: Activation): boolean {
  return thing.isConnected && look(thing) !== before;
}

function settle(activation: Activation): void {
  open = open.filter((one) => one !== activation);
  activation.outcome = outcomeOf(activation);
  // what is asked for may bring more than what was shown at once
  if ((activation.outcome < Outcome.acknowledged || activation.requests) && !waiting.some((other) => other.thing === activation.thing)) waiting.push(activation);
  tell((by) => by.settled?.(activation));
}

/** Give the changes that have stood to the activations that they answer. */
function weigh(now: number): void {
  for (const change of ripe(now)) {
    const at = change.times[0]!;
    const mark = busyMark(change);
    for (const one of open) {
      if (!answers(change, one)) continue;
      acknowledge(one, at, mark && (() => mark(one)));
    }
    for (const owner of change.owners) {
      if (!owner.outcome) continue;
      if (mark) {
        // it answered at once, and is at work only now
        if (!waiting.includes(owner)) waiting.push(owner);
        acknowledge(owner, at, () => mark(owner));
      } else tell((by) => by.late?.(owner, at, isHabit(change.node, change.key)));
    }
  }
}

function answers({ owners, times }: Change, activation: Activation): boolean {
  if (times.at(-1)! < activation.t) return false;
  // of what nobody is known to have caused, only what came in time
  if (!owners.size) return times[0]! - activation.t < SETTLE_MS;
  return [...owners].some((owner) => owner.t >= activation.t && isNear(owner, activation));
}
