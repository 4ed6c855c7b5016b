/** The page was blocked while a click or key waited for it: before it was heard, or by what it set going. */
import { judge } from "./activation";
import { dialogAt } from "./evidence";
import type { Growing, Report } from "./report";
import { clock, soon } from "./safe";

/** A second is where a visitor's flow of thought breaks (Nielsen 1993). */
const THRESHOLD_MS = 1000;
/** Longer than this the machine slept. */
const ASLEEP_MS = 60_000;

export function start(report: Report): void {
  let block: Growing = {};
  let until = 0;
  let waiting = 0;
  judge({
    committed({ t, delay, stamp }) {
      const heard = clock();
      soon(() => {
        const now = clock();
        const duration_ms = Math.round(Math.max(delay, now - heard));
        // a dialog of the browser's own waits for the visitor, not the visitor for the page
        if (duration_ms < THRESHOLD_MS || duration_ms > ASLEEP_MS || dialogAt >= heard || document.hidden) return;
        if (t > until) {
          block = {};
          waiting = 0;
        }
        until = now;
        report.send({ kind: "unresponsive_ui", duration_ms, threshold_ms: THRESHOLD_MS, repeat_count: ++waiting }, block.event ?? stamp, block);
      });
    },
  });
}
