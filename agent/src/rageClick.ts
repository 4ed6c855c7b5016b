/** Quick clicks in one place of which at least three did nothing. */
import { isNear, judge, type Activation } from "./activation";
import { affords } from "./deadClick";
import { isTextField } from "./dom";
import type { Growing, Report } from "./report";
import { isIgnored } from "./selector";

/** Datadog, PostHog and Boomerang agree on three in a second; we ask for the gap, so that slow anger counts. */
const GAP_MS = 1000;
const CLICKS = 3;
/** Two and three clicks select words and lines. */
const CLICKS_ON_TEXT = 5;
const BLOCKED_MS = 1000;

interface Burst extends Growing {
  clicks: Activation[];
  needed: number;
}

export function start(report: Report): void {
  const bursts: Burst[] = [];
  judge({
    committed(click) {
      if (isTextField(click.target) || isIgnored(click.target, "rage")) return;
      const open = bursts.find(({ clicks }) => {
        const last = clicks.at(-1)!;
        return click.t - last.t <= GAP_MS && isNear(last, click);
      });
      if (open) open.clicks.push(click);
      else bursts.unshift({ clicks: [click], needed: affords(click) ? CLICKS : CLICKS_ON_TEXT });
      bursts.length = Math.min(bursts.length, 9);
    },
    settled(click) {
      const burst = bursts.find(({ clicks }) => clicks.includes(click));
      if (!burst || !isUnanswered(click) || !isRage(burst.clicks, burst.needed)) return;
      const [first] = burst.clicks;
      const duration_ms = Math.round(burst.clicks.at(-1)!.t - first!.t);
      report.send({ kind: "rage_click", repeat_count: burst.clicks.length, duration_ms }, first!.stamp, burst);
    },
  });
}

/** Whether at least `needed` of a burst's clicks are known to have done nothing. */
export function isRage(clicks: readonly Pick<Activation, "outcome" | "delay">[], needed: number): boolean {
  return clicks.filter(isUnanswered).length >= needed;
}

/** No visible answer, or one that the visitor had to wait for while the page was blocked. */
function isUnanswered({ outcome, delay }: Pick<Activation, "outcome" | "delay">): boolean {
  return /^[ne]/.test(outcome!) || (!!outcome && delay > BLOCKED_MS);
}
