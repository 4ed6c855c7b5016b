/** The document itself as the late result of the click that led to it. */
import type { Core } from "./main";
import { guard } from "./safe";

const THRESHOLD_MS = 3000;
/** How long a document may take to come. */
const HANDOVER_MS = 120_000;

export function start({ report, read, write }: Core): void {
  const [at, acknowledged, stamp] = read("step") || [];
  write("step", null);
  const begun = performance.timeOrigin - at;
  if (!(begun < HANDOVER_MS)) return;
  // once there is something to see
  const paint = new PerformanceObserver(
    guard((list) => {
      paint.disconnect();
      const duration_ms = Math.round(begun + list.getEntries()[0]!.startTime);
      if (duration_ms >= THRESHOLD_MS) report({ kind: "slow_step", duration_ms, threshold_ms: THRESHOLD_MS, acknowledged, blocked: false }, stamp);
    }),
  );
  paint.observe({ type: "paint", buffered: true });
}
