/** An action whose visible result came late, or not before the visitor left. */
import { endWaiting, isWorking, judge, stillWaiting, type Activation } from "./activation";
import type { Report, Stamp } from "./report";
import { guard } from "./safe";
import { storage } from "./session";

const THRESHOLD_MS = 3000;
const GIVEN_UP_MS = 30_000;
/** How long the next document may take to come. */
const HANDOVER_MS = 120_000;
const KEY = "snag.step";

interface Handover {
  /** on the clock of performance.timeOrigin, which no correction moves within a page */
  at: number;
  stamp: Stamp;
  names: Activation["names"];
  acknowledged: boolean;
}

export function start(report: Report): void {
  let last: Activation | null = null;

  const result = (step: Activation, at: number, blocked = false) => {
    endWaiting(step);
    tell(report, { ...step, acknowledged: !!step.marks.length }, at - step.t, blocked);
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
      for (const step of [...stillWaiting()]) {
        if (step.marks.length && !isWorking(step)) result(step, now);
        else if (now - step.t > GIVEN_UP_MS && isUnfinished(step)) result(step, now, true);
      }
    },
    leaving(now) {
      if (last?.navigating) handOver(last);
      for (const step of [...stillWaiting()]) if (!step.navigating && isUnfinished(step)) result(step, now, true);
    },
  });
  takeOver(report);
}

export function isSlow(waitedMs: number): boolean {
  return waitedMs >= THRESHOLD_MS;
}

function isUnfinished(step: Activation): boolean {
  return step.requests > 0 || isWorking(step);
}

function tell(report: Report, { stamp, names, acknowledged }: Omit<Handover, "at">, waited: number, blocked = false): void {
  if (!isSlow(waited)) return;
  const duration_ms = Math.round(waited);
  report.send({ kind: "slow_step", ...names, duration_ms, threshold_ms: THRESHOLD_MS, acknowledged, blocked }, stamp);
}

/** The next document is the result: leave it the time of the click. */
function handOver({ t, stamp, names, marks }: Activation): void {
  const handover: Handover = { at: performance.timeOrigin + t, stamp, names, acknowledged: !!marks.length };
  storage()?.setItem(KEY, JSON.stringify(handover));
}

/** Judge the step that led here, once there is something to see. */
function takeOver(report: Report): void {
  const text = storage()?.getItem(KEY);
  if (!text) return;
  storage()!.removeItem(KEY);
  const handover: Handover = JSON.parse(text);
  const begun = performance.timeOrigin - handover.at;
  if (begun > HANDOVER_MS) return;
  const paint = new PerformanceObserver(
    guard((list) => {
      paint.disconnect();
      tell(report, handover, begun + list.getEntries()[0]!.startTime);
    }),
  );
  paint.observe({ type: "paint", buffered: true });
}
