/** The page was blocked while a click or key waited for it: before it was heard, or by what it set going. */
import { judge } from "../activation/bus";
import type { Activation } from "../activation/record";
import { ASLEEP_MS, BLOCKED_MS } from "../limits";
import { clock, soon, tap } from "../page/safe";
import { send, type Growing } from "../transport/stamp";

export function startUnresponsive(): void {
  let block: Growing & { _times: number };
  let until = 0;
  /** when the page last opened one of the browser's own dialogs, which block it */
  let dialogAt = -Infinity;
  let heard: [Activation, number][] = [];

  const look = () => {
    const now = clock();
    for (const [{ _time, _delay, _stamp }, at] of heard.splice(0)) {
      const duration_ms = Math.round(Math.max(_delay, now - at));
      // a dialog of the browser's own waits for the visitor, not the visitor for the page
      if (duration_ms < BLOCKED_MS || duration_ms > ASLEEP_MS || dialogAt >= at || document.hidden) continue;
      if (_time > until) block = { _times: 0 };
      until = now;
      send({ kind: "unresponsive_ui", duration_ms, threshold_ms: BLOCKED_MS, repeat_count: ++block._times }, _stamp, block);
    }
  };
  tap(window, "alert confirm prompt print", () => (dialogAt = clock()));
  judge({
    _committed(activation) {
      if (activation._isEarly) return;
      // one timer for all that are heard before it runs
      if (!heard[0]) soon(look);
      heard.push([activation, clock()]);
    },
  });
}
