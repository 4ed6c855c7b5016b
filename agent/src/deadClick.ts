/** A click on something that looks as if it works, and nothing happened within two seconds. */
import { isNear, judge, type Activation } from "./activation";
import { kept } from "./kept";
import { Outcome } from "./outcome";
import { send, type Growing } from "./report";
import { clock, tap } from "./safe";
import { isIgnored } from "./selector";

const THRESHOLD_MS = 2000;
/** A visitor who leaves sooner has not waited for an answer. */
const LEFT_MS = 1000;
const CHOSEN_MS = 5000;
/** What a request or a timer of the click brings is drawn by then, and believed. */
const DRAWN_MS = 1500;

const listened = new WeakSet<object>();
const known = new WeakMap<Element, Growing & { times: number }>();
/** Without answer, which may still come: of what it asked for or put off. */
let open: Activation[] = [];
let answered: Activation | undefined;

export function start(): void {
  tap(EventTarget.prototype, "addEventListener", ([type], on) => {
    if (on?.nodeType === 1 && /^(click|mousedown|pointerdown|touchstart)$/.test(type)) listened.add(on);
  });
  judge({
    settled(click) {
      const { thing, outcome } = click;
      if (outcome > Outcome.none) answered = click;
      // chosen already: another click on the same thing has nothing to change
      if (answered && isNear(answered, click) && click.t - answered.t < CHOSEN_MS) return;
      const isMeant = thing.localName !== "label" || (thing as HTMLLabelElement).control || listened.has(thing);
      if (clock() - click.t >= LEFT_MS && isMeant && !thing.matches(":disabled") && affords(click) && !isIgnored(click.target, "dead")) open.push(click);
    },
    late(click) {
      open = open.filter((other) => other !== click);
    },
    tick: () => judgeOpen(),
    leaving: () => judgeOpen(true),
  });
}

function judgeOpen(isLast?: boolean): void {
  open = open.filter((click) => {
    if (click.requests || (!isLast && clock() < click.awaited + DRAWN_MS)) return !isLast;
    const { thing, stamp } = click;
    // further clicks on the same thing are the same trouble
    const growing = kept(known, thing, { times: 0 });
    send({ kind: "dead_click", repeat_count: ++growing.times, duration_ms: THRESHOLD_MS, threshold_ms: THRESHOLD_MS }, stamp, growing);
    return false;
  });
}

/** Whether what was clicked looks as if it does something. */
export function affords({ target, isControl }: Activation): boolean {
  // a listener on something large is there for what is in it
  for (const one of [target, target.parentElement]) {
    if (one && !/^(body|html|main)$/.test(one.localName) && (listened.has(one) || (one as HTMLElement).onclick)) return true;
  }
  const { cursor, textDecorationLine } = getComputedStyle(target);
  return isControl || cursor === "pointer" || textDecorationLine === "underline";
}
