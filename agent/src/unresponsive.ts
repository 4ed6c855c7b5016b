/** The page was blocked while a click or key waited for it: before it was heard, or by what it set going. */
import type { Activation } from "./activation";
import type { Core } from "./main";
import type { Growing } from "./report";
import { clock, soon, tap } from "./safe";

/** A second is where a visitor's flow of thought breaks (Nielsen 1993). */
const THRESHOLD_MS = 1000;
/** Longer than this the machine slept. */
const ASLEEP_MS = 60_000;

export function start({ report, judge }: Core): void {
  let block: Growing & { times: number };
  let until = 0;
  /** when the page last opened one of the browser's own dialogs, which block it */
  let dialogAt = -Infinity;
  let heard: [Activation, number][] = [];

  const look = () => {
    const now = clock();
    for (const [{ t, delay, stamp }, at] of heard.splice(0)) {
      const duration_ms = Math.round(Math.max(delay, now - at));
      // a dialog of the browser's own waits for the visitor, not the visitor for the page
      if (duration_ms < THRESHOLD_MS || duration_ms > ASLEEP_MS || dialogAt >= at || document.hidden) continue;
      if (t > until) block = { times: 0 };
      until = now;
      report({ kind: "unresponsive_ui", duration_ms, threshold_ms: THRESHOLD_MS, repeat_count: ++block.times }, stamp, block);
    }
  };
  tap(window, "alert confirm prompt print", () => (dialogAt = clock()));
  judge({
    committed(activation) {
      // one timer for all that are heard before it runs
      if (!heard[0]) soon(look);
      heard.push([activation, clock()]);
    },
  });
}
