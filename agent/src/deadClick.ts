/** A click on something that looks as if it works, and nothing happened within two seconds. */
import { isNear, judge, type Activation, type Outcome } from "./activation";
import type { Report, Reported } from "./report";
import { clock, tap } from "./safe";
import { isIgnored } from "./selector";

const THRESHOLD_MS = 2000;
/** A visitor who leaves sooner has not waited for an answer. */
const LEFT_MS = 1000;

const CHOSEN_MS = 5000;

const listened = new WeakSet<object>();

export function start(report: Report): void {
  const known = new WeakMap<Element, { times: number; event: Reported }>();
  tap(EventTarget.prototype, "addEventListener", (on: any, [type]) => {
    if (on?.nodeType === 1 && /^(click|mousedown|pointerdown|touchstart)$/.test(type)) listened.add(on);
  });
  let answered: Activation | undefined;
  judge({
    settled(click) {
      if (click.outcome !== "none") answered = click;
      // chosen already: another click on the same thing has nothing to change
      if (answered && isNear(answered, click) && click.t - answered.t < CHOSEN_MS) return;
      const waited = Math.round(clock() - click.t);
      const { thing } = click;
      if (!isDead(click.outcome!, waited) || !isMeant(click) || !affords(click) || isIgnored(click.target, "dead")) return;
      const before = known.get(thing);
      // further clicks on the same thing are the same trouble
      if (before) return before.event.revise({ repeat_count: ++before.times });
      const event = report.send(
        { kind: "dead_click", ...click.names, duration_ms: Math.min(waited, THRESHOLD_MS), threshold_ms: THRESHOLD_MS },
        click.stamp,
      );
      known.set(thing, { times: 1, event });
    },
  });
}

/** Whether a record is that of a dead click, if the thing afforded action. */
export function isDead(outcome: Outcome, waitedMs: number): boolean {
  return outcome === "none" && waitedMs >= LEFT_MS;
}

/** Whether what was clicked looks as if it does something. */
export function affords(click: Activation): boolean {
  const { target } = click;
  if (click.isControl) return true;
  // a listener on something large is there for what is in it
  for (const one of [target, target.parentElement]) {
    if (one && !/^(body|html|main)$/.test(one.localName) && (listened.has(one) || (one as HTMLElement).onclick)) return true;
  }
  const { cursor, textDecorationLine } = getComputedStyle(target);
  return cursor === "pointer" || textDecorationLine === "underline";
}

/** Not where it is switched off, nor on words beside nothing. */
function isMeant({ thing }: Activation): boolean {
  const words = thing.localName === "label" && !(thing as HTMLLabelElement).control && !listened.has(thing);
  return !words && !thing.matches(":disabled");
}
