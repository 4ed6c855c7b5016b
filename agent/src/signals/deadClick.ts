/** A click on something that looks as if it works, and nothing happened within two seconds. */
import { judge } from "../activation/bus";
import { isNear } from "../activation/open";
import { Outcome, type Activation } from "../activation/record";
import { BELIEVED_MS, CHOSEN_MS, LONGEST_SETTLE_MS, SETTLE_MS, WAITED_MS } from "../limits";
import { closest } from "../page/dom";
import { getOrCreate } from "../page/getOrCreate";
import { clock, soon, tap } from "../page/safe";
import { isIgnored } from "../page/selector";
import { send, type Growing } from "../transport/stamp";

const listened = new WeakSet<object>();
const reported = new WeakMap<Element, Growing & { _times: number }>();
/** Without answer, which may still come: of what it asked for or put off. */
let open: Activation[] = [];
/** Those that were answered, for as long as it matters. */
let answered: Activation[] = [];

export function startDeadClicks(): void {
  tap(EventTarget.prototype, "addEventListener", ([type], on) => {
    if (on?.nodeType === 1 && /^(click|mousedown|mouseup|pointerdown|pointerup|touchstart|touchend)$/.test(type)) listened.add(on);
  });
  judge({
    _settled(click) {
      if (click._outcome > Outcome.none) return remember(click);
      // chosen already: another click on the same thing has nothing to change
      if (answered.some((other) => Math.abs(click._time - other._time) < CHOSEN_MS && isNear(other, click))) return;
      if (clock() - click._time >= WAITED_MS && isMeant(click) && affords(click) && !isIgnored(click._target, "dead")) open.push(click);
    },
    _late(click) {
      open = open.filter((other) => other !== click);
    },
    _tick: () => judgeOpen(),
    _leaving: () => judgeOpen(true),
  });
}

function remember(click: Activation): void {
  answered.push(click);
  // one that came within this time is judged this much later
  soon(() => answered.shift(), CHOSEN_MS + LONGEST_SETTLE_MS);
}

/** A label without a control is text, and what is disabled says so. */
function isMeant({ _thing }: Activation): boolean {
  return (_thing.localName !== "label" || !!(_thing as HTMLLabelElement).control || listened.has(_thing)) && !_thing.matches(":disabled,[aria-disabled=true]");
}

function judgeOpen(isLast?: boolean): void {
  open = open.filter((click) => {
    if (click._requests || (!isLast && clock() < click._awaitedUntil + BELIEVED_MS)) return !isLast;
    // further clicks on the same thing are the same trouble
    const growing = getOrCreate(reported, click._thing, { _times: 0 });
    send({ kind: "dead_click", repeat_count: ++growing._times, duration_ms: Math.round(SETTLE_MS), threshold_ms: Math.round(SETTLE_MS) }, click._stamp, growing);
    return false;
  });
}

/** Whether what was clicked looks as if it does something. */
export function affords({ _target, _thing, _isControl }: Activation): boolean {
  if (_isControl) return true;
  // a listener on something large is there for what is in it, and a grid or an editor hears every click
  for (const one of closest(_target, "[role=grid],[role=treegrid],[role=application],[contenteditable]") ? [] : [_target, _target.parentElement]) {
    if (one && !/^(body|html|main)$/.test(one.localName) && (listened.has(one) || (one as HTMLElement).onclick)) return true;
  }
  const { cursor, textDecorationLine } = getComputedStyle(_target);
  return cursor === "pointer" || getComputedStyle(_thing).cursor === "pointer" || textDecorationLine === "underline";
}
