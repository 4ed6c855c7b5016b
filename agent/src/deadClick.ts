/** A click on something that looks as if it works, and nothing happened within two seconds. */
import { isNear, judge, type Activation } from "./activation";
import type { Growing, Report } from "./report";
import { clock, tap } from "./safe";
import { isIgnored } from "./selector";

const THRESHOLD_MS = 2000;
/** A visitor who leaves sooner has not waited for an answer. */
const LEFT_MS = 1000;
const CHOSEN_MS = 5000;
/** What a request or a timer of the click brings is drawn by then, and believed. */
const DRAWN_MS = 1500;

const listened = new WeakSet<object>();

export function start(report: Report): void {
  const known = new WeakMap<Element, Growing & { times: number }>();
  /** Without answer, which may still come: of what it asked for or put off. */
  let open: Activation[] = [];
  let answered: Activation | undefined;

  tap(EventTarget.prototype, "addEventListener", ([type], on) => {
    if (on?.nodeType === 1 && /^(click|mousedown|pointerdown|touchstart)$/.test(type)) listened.add(on);
  });
  const tell = (click: Activation) => {
    const { thing, stamp } = click;
    const growing = known.get(thing) ?? { times: 0 };
    known.set(thing, growing);
    // further clicks on the same thing are the same trouble
    const repeat_count = ++growing.times;
    report.send({ kind: "dead_click", repeat_count, duration_ms: THRESHOLD_MS, threshold_ms: THRESHOLD_MS }, growing.event ?? stamp, growing);
  };
  const judgeOpen = (isLast: boolean) => {
    const now = clock();
    open = open.filter((click) => {
      const isAwaited = click.requests > 0 || now < click.awaited + DRAWN_MS;
      if (isAwaited && (!isLast || click.requests > 0)) return !isLast;
      tell(click);
      return false;
    });
  };
  judge({
    settled(click) {
      if (click.outcome !== "none") answered = click;
      // chosen already: another click on the same thing has nothing to change
      if (answered && isNear(answered, click) && click.t - answered.t < CHOSEN_MS) return;
      const isMeant = click.thing.localName !== "label" || (click.thing as HTMLLabelElement).control || listened.has(click.thing);
      if (click.outcome === "none" && clock() - click.t >= LEFT_MS && isMeant && !click.thing.matches(":disabled") && affords(click) && !isIgnored(click.target, "dead")) open.push(click);
    },
    late(click) {
      open = open.filter((other) => other !== click);
    },
    tick: () => judgeOpen(false),
    leaving: () => judgeOpen(true),
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
