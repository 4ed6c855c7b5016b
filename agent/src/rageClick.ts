/** Quick clicks in one place of which at least three did nothing. */
import { isNear, judge, type Activation } from "./activation";
import { affords } from "./deadClick";
import { isTextField } from "./dom";
import { Outcome } from "./outcome";
import { send, type Growing } from "./report";
import { isIgnored } from "./selector";

/** Datadog, PostHog and Boomerang agree on three in a second; we ask for the gap, so that slow anger counts. */
const GAP_MS = 1000;
const CLICKS = 3;
/** Two and three clicks select words and lines. */
const CLICKS_ON_TEXT = 5;
const BLOCKED_MS = 1000;

interface Burst extends Growing {
  clicks: Activation[];
}

export function start(): void {
  const bursts: Burst[] = [];
  judge({
    committed(click) {
      const open = bursts.find(({ clicks }) => click.t - clicks.at(-1)!.t <= GAP_MS && isNear(clicks.at(-1)!, click));
      if (open) open.clicks.push(click);
      else bursts.unshift({ clicks: [click] });
      bursts.length = Math.min(bursts.length, 9);
    },
    settled(click) {
      const burst = bursts.find(({ clicks }) => clicks.includes(click));
      if (!burst || !isUnanswered(click) || isTextField(click.target) || isIgnored(click.target, "rage")) return;
      const { clicks } = burst;
      const [first] = clicks as [Activation];
      const idle = clicks.filter(isUnanswered);
      if (idle.length < CLICKS_ON_TEXT && idle.filter(affords).length < CLICKS) return;
      send({ kind: "rage_click", repeat_count: clicks.length, duration_ms: Math.round(clicks.at(-1)!.t - first.t) }, first.stamp, burst);
    },
  });
}

/** No visible answer, or one that the visitor had to wait for while the page was blocked. */
export function isUnanswered({ outcome, delay }: Pick<Activation, "outcome" | "delay">): boolean {
  return outcome > Outcome.open && (outcome < Outcome.pending || delay > BLOCKED_MS);
}
