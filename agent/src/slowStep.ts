/** An action whose visible result came late, or not before the visitor left. */
import { endWaiting, isWorking, judge, stillWaiting, type Activation } from "./activation";
import { Outcome } from "./outcome";
import { send } from "./report";
import { write } from "./session";

const THRESHOLD_MS = 3000;
const GIVEN_UP_MS = 30_000;

export function start(): void {
  let last: Activation | null = null;

  const result = (step: Activation, at: number, blocked = false) => {
    endWaiting(step);
    const duration_ms = Math.round(at - step.t);
    if (duration_ms >= THRESHOLD_MS) send({ kind: "slow_step", duration_ms, threshold_ms: THRESHOLD_MS, acknowledged: (step.answeredAt || at) < at, blocked }, step.stamp);
  };

  judge({
    settled(step) {
      last = step;
      if (step.outcome === Outcome.acknowledged && !step.requests) result(step, step.answeredAt);
    },
    late(step, at, isHabit) {
      // what was shown at once is the result, unless more is drawn when what was asked for has come
      if ((!step.answeredAt || (!isHabit && at >= step.replied)) && stillWaiting().includes(step) && !isWorking(step)) result(step, at);
    },
    tick(now) {
      // signs of work have no end of their own to wait for: look
      for (const step of stillWaiting()) {
        if (step.marks[0] && !isWorking(step)) result(step, now);
        else if (now - step.t > GIVEN_UP_MS && isUnfinished(step)) result(step, now, true);
      }
    },
    leaving(now) {
      // the next document is the result: leave it the time of the click
      write("step", last?.navigating && [performance.timeOrigin + last.t, !!last.marks[0], last.stamp]);
      for (const step of stillWaiting()) if (!step.navigating && isUnfinished(step)) result(step, now, true);
    },
  });
}

function isUnfinished(step: Activation): unknown {
  return isWorking(step) || (step.requests && step.outcome < Outcome.acknowledged);
}
