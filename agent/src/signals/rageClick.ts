/** Quick clicks in one place of which at least three did nothing. */
import { judge } from "../activation/bus";
import { isNear } from "../activation/open";
import { Outcome, type Activation } from "../activation/record";
import { BLOCKED_MS, MOST_BURSTS, RAGE_CLICKS, RAGE_CLICKS_ON_TEXT, RAGE_GAP_MS, RELEASE_MS } from "../limits";
import { isTextField } from "../page/dom";
import { clock } from "../page/safe";
import { isIgnored } from "../page/selector";
import { send, type Growing } from "../transport/stamp";
import { affords } from "./deadClick";

interface Burst extends Growing {
  _clicks: Activation[];
}

export function startRageClicks(): void {
  let bursts: Burst[] = [];
  judge({
    _committed(click) {
      bursts = bursts.filter(({ _clicks }) => clock() - _clicks.at(-1)!._time < RELEASE_MS).slice(0, MOST_BURSTS - 1);
      const open = bursts.find(({ _clicks }) => click._time - _clicks.at(-1)!._time <= RAGE_GAP_MS && isNear(_clicks.at(-1)!, click));
      if (open) open._clicks.push(click);
      else bursts.unshift({ _clicks: [click] });
    },
    _settled(click) {
      const burst = bursts.find(({ _clicks }) => _clicks.includes(click));
      if (!burst || !isUnanswered(click) || isTextField(click._target) || isIgnored(click._target, "rage")) return;
      const { _clicks } = burst;
      const [first] = _clicks as [Activation];
      const idle = _clicks.filter(isUnanswered);
      if (idle.length < RAGE_CLICKS_ON_TEXT && idle.filter(affords).length < RAGE_CLICKS) return;
      send({ kind: "rage_click", repeat_count: _clicks.length, duration_ms: Math.round(_clicks.at(-1)!._time - first._time) }, first._stamp, burst);
    },
  });
}

/** No visible answer, or one that the visitor had to wait for while the page was blocked. */
export function isUnanswered({ _outcome, _delay }: Pick<Activation, "_outcome" | "_delay">): boolean {
  return _outcome > Outcome.open && (_outcome < Outcome.pending || _delay > BLOCKED_MS);
}
