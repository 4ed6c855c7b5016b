/** Gives changes to the activations that they answer, and settles those whose time has come. */
import { ANIMATION_LOOKS, CHOSEN_MS, FRESH_MS, LONGEST_SETTLE_MS, LOOKS, SETTLE_MS, TICK_MS } from "../limits";
import { clock, soon } from "../page/safe";
import { tell } from "./bus";
import { busyMark } from "./busy";
import { hasOpenChanges, isUndecided, ripe, type Change } from "./changes";
import { isAnimated } from "./evidence";
import { isHabit } from "./noise";
import { acknowledge, isChanged, isNear, latestOpen, openActivations, release, remove, wait, waitingActivations } from "./open";
import { Outcome, outcomeOf, type Activation } from "./record";

let isTicking = false;
let lastAt = 0;

/** Look again in a moment. */
export function tickOn(): void {
  if (!isTicking) soon(tick, TICK_MS);
  isTicking = true;
}

/** Settle what is open, as the page may be gone at once. */
export function settleAll(isExit?: unknown): void {
  const now = clock();
  weigh(now);
  for (const one of openActivations().filter(({ _isCommitted }) => _isCommitted)) {
    // the benefit of the doubt
    if (now - one._time < FRESH_MS || isChanged(one)) acknowledge(one);
    settle(one);
  }
  tell((by) => by._leaving?.(now, isExit));
}

function tick(): void {
  isTicking = false;
  const now = clock();
  weigh(now);
  const animations = openActivations().some(({ _looks, _answeredAt }) => !_answeredAt && _looks < ANIMATION_LOOKS) ? document.getAnimations() : [];
  for (const one of openActivations()) {
    if (!one._isCommitted) continue;
    if (one._looks++ < ANIMATION_LOOKS && !one._answeredAt && isAnimated(one, animations)) acknowledge(one);
    const age = now - one._time;
    const isDue = age >= SETTLE_MS && one._looks >= LOOKS && (age > LONGEST_SETTLE_MS || !isUndecided((change) => answers(change, one)));
    if (isDue && !one._answeredAt && isChanged(one)) acknowledge(one, one._time); // nobody saw when
    if (isDue || one._answeredAt) settle(one);
  }
  tell((by) => by._tick?.(now));
  if (openActivations()[0] || waitingActivations()[0] || hasOpenChanges()) tickOn();
}

function settle(activation: Activation): void {
  remove(activation);
  activation._outcome = outcomeOf(activation);
  // what is asked for, or put off, may bring more than what was shown at once
  const isPromised = activation._outcome < Outcome.acknowledged || activation._requests || clock() < activation._awaitedUntil;
  if (isPromised && !waitingActivations().some((other) => other._thing === activation._thing)) wait(activation);
  else soon(() => release(activation), CHOSEN_MS);
  tell((by) => by._settled?.(activation));
}

/** Give the changes that have stood to the activations that they answer. */
function weigh(now: number): void {
  lastAt = Math.max(lastAt, latestOpen()?._time ?? 0);
  for (const change of ripe(now, lastAt)) {
    const at = change._times[0]!;
    for (const one of openActivations()) {
      if (!answers(change, one)) continue;
      acknowledge(one, at, busyMark(change, one));
      tell((by) => by._shown?.(one, change));
    }
    for (const owner of change._owners) if (owner._outcome) weighLate(owner, change, at);
  }
}

/** A change that came after the outcome. */
function weighLate(owner: Activation, change: Change, at: number): void {
  tell((by) => by._shown?.(owner, change));
  const mark = !owner._isDone && busyMark(change, owner);
  if (!mark) return tell((by) => by._late?.(owner, at, isHabit(change._node, change._key)));
  // it answered at once, and is at work only now
  wait(owner);
  acknowledge(owner, at, mark);
}

function answers({ _owners, _times }: Change, activation: Activation): boolean {
  if (_times.at(-1)! < activation._time) return false;
  // of what nobody is known to have caused, only what came in time
  if (!_owners.size) return _times[0]! - activation._time < SETTLE_MS;
  return [..._owners].some((owner) => owner._time >= activation._time && isNear(owner, activation));
}
