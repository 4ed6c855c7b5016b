/** How fast the page and its requests were. Performance, never friction. */
import type { ResourceTiming } from "../events.gen";
import { MOST_PER_ROUTE } from "../limits";
import { send, stamp as stampAt } from "../transport/stamp";
import { guard } from "./safe";
import { route } from "./scrub";
import { beaconUrl } from "./tag";

const INITIATORS: Record<string, ResourceTiming["initiator"]> = { navigation: "document", fetch: "fetch", xmlhttprequest: "xhr" };

export function startTimings(): void {
  const counts: Record<string, number> = {};

  const report = ({ name, initiatorType, startTime, fetchStart, responseStart, responseEnd, responseStatus: status, activationStart = 0 }: any) => {
    const initiator = INITIATORS[initiatorType];
    if (!initiator || name === beaconUrl()) return;
    const stamp = stampAt(startTime);
    // a prerendered page was asked for before the visitor came
    if (initiator === "document") send({ kind: "web_vital", metric: "TTFB", value: Math.max(0, responseStart - activationStart) }, stamp);
    const address = route(name);
    counts[address] = (counts[address] ?? 0) + 1;
    // 0 where it did not get so far, or where another origin hides it
    const ms = (until: number) => Math.max(0, Math.round(until - fetchStart));
    if (counts[address]! > MOST_PER_ROUTE) return;
    send({ kind: "resource_timing", initiator, route: address, status, duration_ms: ms(responseEnd), ttfb_ms: ms(responseStart) }, stamp);
  };
  // the document's own comes when it is loaded
  for (const type of ["resource", "navigation"]) {
    new PerformanceObserver(guard((list) => list.getEntries().forEach(guard(report)))).observe({ type, buffered: true });
  }
}
