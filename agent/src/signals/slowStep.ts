/** An action whose visible result came late, or not before the visitor left. */
import { judge } from "../activation/bus";
import { endWaiting, isWorking, waitingActivations } from "../activation/open";
import { Outcome, type Activation } from "../activation/record";
import { BELIEVED_MS, GIVEN_UP_MS, SLOW_MS } from "../limits";
import { clock } from "../page/safe";
import { send } from "../transport/stamp";
import { write } from "../transport/session";

export function startSlowSteps(): void {
  let last: Activation | null = null;

  const result = (step: Activation, at: number, blocked = false) => {
    endWaiting(step);
    const duration_ms = Math.round(at - step._time);
    if (duration_ms >= SLOW_MS) send({ kind: "slow_step", duration_ms, threshold_ms: SLOW_MS, acknowledged: (step._answeredAt || at) < at, blocked }, step._stamp);
  };

  judge({
    _committed(step) {
      last = step;
    },
    _settled(step) {
      if (step._outcome === Outcome.acknowledged && !step._requests && clock() >= step._awaitedUntil) result(step, step._answeredAt);
    },
    _late(step, at, isHabit) {
      // what was shown at once is the result, unless more is drawn when what was asked for has come
      if ((!step._answeredAt || (!isHabit && at >= step._repliedAt)) && waitingActivations().includes(step) && !isWorking(step)) {
        if (step._answeredAt && clock() < step._awaitedUntil && !step._requests) return; // a job that is asked for again and again
        result(step, at);
      }
    },
    _tick(now) {
      for (const step of waitingActivations()) {
        // signs of work have no end of their own to wait for: look
        if (step._marks[0] && !isWorking(step)) result(step, now);
        else if (now - step._time > GIVEN_UP_MS && isUnfinished(step)) result(step, now, true);
        // nothing more was put off: what was shown at once was all
        else if (step._answeredAt && !step._marks[0] && !step._requests && now > step._awaitedUntil + BELIEVED_MS) endWaiting(step);
      }
    },
    _leaving(now) {
      // the next document is the result: leave it the time of the click
      write("step", last?._isNavigating && [performance.timeOrigin + last._time, !!last._marks[0], last._stamp]);
      for (const step of waitingActivations()) if (!step._isNavigating && isUnfinished(step)) result(step, now, true);
    },
  });
}

function isUnfinished(step: Activation): unknown {
  return isWorking(step) || (step._requests && step._outcome < Outcome.acknowledged);
}
