/** An action whose visible result came late, or not before the visitor left. */
import { endWaiting, isWorking, judge, stillWaiting, type Activation } from "./activation";
import type { Report, Stamp } from "./report";
import { guard } from "./safe";
import { read, write } from "./session";

const THRESHOLD_MS = 3000;
const GIVEN_UP_MS = 30_000;
/** How long the next document may take to come. */
const HANDOVER_MS = 120_000;
const KEY = "step";

export function start(report: Report): void {
  let last: Activation | null = null;

  const tell = (waited: number, acknowledged: boolean, stamp: Stamp, blocked = false) => {
    if (isSlow(waited)) report.send({ kind: "slow_step", duration_ms: Math.round(waited), threshold_ms: THRESHOLD_MS, acknowledged, blocked }, stamp);
  };
  const result = (step: Activation, at: number, blocked = false) => {
    endWaiting(step);
    tell(at - step.t, !!step.marks[0], step.stamp, blocked);
  };

  judge({
    settled(step) {
      last = step;
      if (step.outcome === "acknowledged") result(step, step.answeredAt);
    },
    late(step, at) {
      if (stillWaiting().includes(step) && !isWorking(step)) result(step, at);
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
      if (last?.navigating) write(KEY, [performance.timeOrigin + last.t, !!last.marks[0], last.stamp]);
      for (const step of stillWaiting()) if (!step.navigating && isUnfinished(step)) result(step, now, true);
    },
  });

  // judge the step that led here, once there is something to see
  const [at, acknowledged, stamp] = read(KEY) ?? [];
  write(KEY, null);
  const begun = performance.timeOrigin - at;
  if (!(begun < HANDOVER_MS)) return;
  const paint = new PerformanceObserver(
    guard((list) => {
      paint.disconnect();
      tell(begun + list.getEntries()[0]!.startTime, acknowledged, stamp);
    }),
  );
  paint.observe({ type: "paint", buffered: true });
}

export function isSlow(waitedMs: number): boolean {
  return waitedMs >= THRESHOLD_MS;
}

function isUnfinished(step: Activation): boolean {
  return step.requests > 0 || isWorking(step);
}
