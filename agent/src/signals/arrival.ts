/** The document itself as the late result of the click that led to it. */
import { HANDOVER_MS, SLOW_MS } from "../limits";
import { guard } from "../page/safe";
import { read, write } from "../transport/session";
import { send } from "../transport/stamp";

export function startArrival(): void {
  const [at, acknowledged, stamp] = read("step") || [];
  write("step", null);
  const startedAfter = performance.timeOrigin - at;
  if (!(startedAfter < HANDOVER_MS)) return;
  // once there is something to see
  const paint = new PerformanceObserver(
    guard((list) => {
      paint.disconnect();
      const duration_ms = Math.round(startedAfter + list.getEntries()[0]!.startTime);
      if (duration_ms >= SLOW_MS) send({ kind: "slow_step", duration_ms, threshold_ms: SLOW_MS, acknowledged, blocked: false }, stamp);
    }),
  );
  paint.observe({ type: "paint", buffered: true });
}
