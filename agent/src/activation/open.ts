/** The activations that still wait for an answer, and those whose result may still come. */
import { closest, holds } from "../page/dom";
import { clock } from "../page/safe";
import { snapshot } from "../page/snapshot";
import { CARD_AREA_PX, GIVEN_UP_MS, NEAR_PX, PRESS_MS } from "../limits";
import { causeNow } from "./cause";
import type { Activation, Mark } from "./record";

let open: Activation[] = [];
/** Settled, but the result that was promised or asked for may still come. */
let waiting: Activation[] = [];
/** Who answers for a sign of work: the latest whose doing it was. */
const signOwners = new WeakMap<Node, Activation>();

export function openActivations(): Activation[] {
  return open;
}

/** The latest one that still waits for an answer. */
export function latestOpen(): Activation | null {
  return open.at(-1) ?? null;
}

export function add(activation: Activation): void {
  open = open.filter((other) => other._isCommitted || clock() - other._time < PRESS_MS);
  open.push(activation);
}

export function remove(activation: Activation): void {
  open = open.filter((other) => other !== activation);
}

/** Those whose result may still come; the judge of slow steps ends the waiting. */
export function waitingActivations(): Activation[] {
  return (waiting = waiting.filter((one) => clock() - one._time < GIVEN_UP_MS + 500));
}

export function wait(activation: Activation): void {
  if (!activation._isDone && !waiting.includes(activation)) waiting.push(activation);
}

/** The activation has its result, or nobody will know: what comes from now on is not its own. */
export function endWaiting(activation: Activation): void {
  activation._isDone = true;
  waiting = waiting.filter((other) => other !== activation);
}

/** The page has answered; `mark`: it only shows that it is at work. */
export function acknowledge(activation: Activation, at = clock(), mark?: Mark): void {
  activation._answeredAt ||= Math.max(at, activation._time);
  if (!mark) return;
  activation._marks.push(mark);
  if (!mark._sign) return;
  const owner = signOwners.get(mark._sign);
  signOwners.set(mark._sign, activation);
  // a sign that several share is a sign of nobody's own wait: the one before has lost it
  if (!owner || owner === activation || isNear(owner, activation)) return;
  owner._marks = owner._marks.filter(({ _sign }) => _sign !== mark._sign);
  if (!owner._marks[0]) endWaiting(owner);
}

/** Everybody has judged it by now: what the page has thrown away is not held any longer. */
export function release(activation: Activation): void {
  if (waiting.includes(activation) && clock() - activation._time < GIVEN_UP_MS) return;
  remove(activation);
  activation._target = activation._thing = document.documentElement;
  activation._marks = [];
}

export function isWorking(activation: Activation): boolean {
  return activation._marks.some((mark) => mark._isShown());
}

/** Something happened that a visitor can see or hear: in the course of an activation, or within `ms` after the latest. */
export function happened(ms = 1500): void {
  const last = causeNow() ?? latestOpen();
  if (last && (causeNow() || clock() - last._time < ms)) for (const one of open) if (one === last || (one._time < last._time && isNear(one, last))) acknowledge(one);
}

/** What has changed around others has stood until now: what the visitor does next may put it back. */
export function acknowledgeChanged(next: Element): void {
  for (const one of open) if (one._isCommitted && !one._answeredAt && one._thing !== next && isChanged(one)) acknowledge(one);
}

/** Whether the surroundings of the control stand otherwise than before. */
export function isChanged({ _thing, _look }: Activation): boolean {
  return _thing.isConnected && snapshot(_thing) !== _look;
}

/** Whether two were meant for the same thing: control, row or card, or place on the screen. */
export function isNear(a: Activation, b: Activation): boolean {
  return a._thing === b._thing || Math.hypot(a._x - b._x, a._y - b._y) <= NEAR_PX || (!a._isControl && !b._isControl && isOneCard(a._target, b._target));
}

function isOneCard(a: Element, b: Element): boolean {
  const row = closest(a, "li,tr,article");
  if (row) return row === closest(b, "li,tr,article");
  let common: Element | null = a;
  while (common && !holds(common, b)) common = common.parentElement;
  if (!common || /^(html|body|main|form|ul|table)$/.test(common.localName)) return false;
  const { width, height } = common.getBoundingClientRect();
  return width * height <= CARD_AREA_PX;
}
