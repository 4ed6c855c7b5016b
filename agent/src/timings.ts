/** How fast the page and its requests were. Performance, never friction. */
import type { ResourceTiming } from "./events.gen";
import type { Report } from "./report";
import { guard } from "./safe";
import { route } from "./scrub";
import { beaconUrl } from "./tag";

/** A poll would else fill the page's room with one route. */
const MOST_PER_ROUTE = 10;

const INITIATORS: Record<string, ResourceTiming["initiator"]> = { navigation: "document", fetch: "fetch", xmlhttprequest: "xhr" };

export function start(report: Report): void {
  const seen: Record<string, number> = {};

  const one = (entry: any) => {
    const initiator = INITIATORS[entry.initiatorType];
    if (!initiator || entry.name === beaconUrl()) return;
    const stamp = report.stamp(entry.startTime);
    // a prerendered page was asked for before the visitor came
    const value = Math.max(0, entry.responseStart - (entry.activationStart ?? 0));
    if (initiator === "document") report.send({ kind: "web_vital", metric: "TTFB", value }, stamp);
    const event = timing(entry, initiator);
    seen[event.route] = (seen[event.route] ?? 0) + 1;
    if (seen[event.route]! <= MOST_PER_ROUTE) report.send(event, stamp);
  };
  // the document's own comes when it is loaded
  for (const type of ["resource", "navigation"]) {
    new PerformanceObserver(guard((list) => list.getEntries().forEach(guard(one)))).observe({ type, buffered: true });
  }
}

/** One entry of the browser's timeline as an event. */
export function timing(entry: any, initiator: ResourceTiming["initiator"]) {
  // 0 where it did not get so far, or where another origin hides it
  const ms = (until: number) => Math.max(0, Math.round(until - entry.fetchStart));
  return {
    kind: "resource_timing" as const,
    initiator,
    route: route(entry.name),
    status: entry.responseStatus ?? 0,
    duration_ms: ms(entry.responseEnd),
    ttfb_ms: ms(entry.responseStart),
  };
}
