"""How often the agent is right on pages that nobody here designed: `python -m benchmarks.agent_sweep`.

Builds galleries of component libraries from npm, finds every control by its role and uses each one as a person would: every
report is a false alarm. Then the same with faults put in from outside: recall by kind of fault. A third of the libraries is held
back (`--held-back` looks at them).
"""

from __future__ import annotations

import argparse
import asyncio
import random
from collections import Counter, defaultdict
from collections.abc import Awaitable
from typing import TypeVar

from benchmarks.agent_sweep.faults import FAULTS, Trial, try_fault
from benchmarks.agent_sweep.galleries import HELD_BACK, Galleries, build, names
from benchmarks.agent_sweep.harmless import HANDS, Visit, sweep
from benchmarks.agent_sweep.rivals import HAS, RIVALS
from synthetic.browser import launched

AT_ONCE = 10
T = TypeVar("T")


async def play(args: argparse.Namespace) -> tuple[list[Visit], list[Trial]]:
    """The harmless sweep, and the faults on controls that were seen to work."""
    folder = build()
    chosen = [
        name for name in names(folder) if (name in HELD_BACK) == args.held_back and (not args.only or name in args.only)
    ]
    async with Galleries(folder, args.product) as galleries, launched() as (browser, _):
        gate = asyncio.Semaphore(AT_ONCE)
        visits = await asyncio.gather(
            *(_gated(gate, sweep(browser, galleries, name, hand, args.most)) for name in chosen for hand in args.hands)
        )
        tasks = []
        for visit in visits if args.controls else ():
            pick = random.Random(args.seed)
            for name, fault in FAULTS.items() if visit.hand == HANDS[0] else ():
                works = [
                    one.key
                    for one in visit.uses
                    if one.changed and not one.chosen and one.sort in fault.sorts and "#1" in one.key
                ]
                controls = pick.sample(works[:40], min(args.controls, len(works[:40])))
                tasks.append(_gated(gate, try_fault(browser, galleries, visit.gallery, name, controls)))
        trials = [trial for found in await asyncio.gather(*tasks) for trial in found]
    return list(visits), trials


async def _gated(gate: asyncio.Semaphore, task: Awaitable[T]) -> T:
    async with gate:
        return await task


def report(visits: list[Visit], trials: list[Trial], product: str) -> str:
    """Both tables, and each miss by name; of another product, only of the kinds that it has."""
    uses = sum(len(visit.uses) for visit in visits)
    alarms = sum(len(visit.alarms) for visit in visits)
    lines = [
        f"{len({visit.gallery for visit in visits})} libraries, {uses:,} harmless interactions, {alarms} false alarms: {1000 * alarms / max(uses, 1):.1f} in 1,000"
    ]
    for visit in visits:
        works = sum(one.changed for one in visit.uses)
        lines.append(
            f"  {visit.gallery:14} {visit.hand:7} {len(visit.uses):4} uses ({works} with a change), {len(visit.alarms)} false alarms"
        )
        lines.extend(f"      {what}: {where}" for what, where in visit.alarms)
    made: dict[str, Counter[str]] = defaultdict(Counter)
    for trial in trials:
        for expected in FAULTS[trial.fault].expected:
            if product and expected not in HAS[product]:
                continue
            made[expected]["all"] += 1
            made[expected]["missed"] += expected in trial.missing
    for what, count in sorted(made.items()):
        lines.append(f"{what:14} recall {1 - count['missed'] / count['all']:.2f} of {count['all']}")
    lines.extend(
        f"  missed {trial.missing}: {trial.gallery}, {trial.fault}, {trial.key}" for trial in trials if trial.missing
    )
    return "\n".join(lines)


def main() -> None:
    """Play and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--held-back", action="store_true", help="the libraries that were held back")
    options.add_argument("--only", nargs="*", help="these galleries only")
    options.add_argument("--most", type=int, default=90, help="interactions for each library (default: 90)")
    options.add_argument(
        "--controls", type=int, default=2, help="controls for each fault and library; 0: no faults (default: 2)"
    )
    options.add_argument("--product", choices=RIVALS, default="", help="another product's SDK instead of ours")
    options.add_argument("--hands", nargs="*", choices=HANDS, default=HANDS, help="mouse, finger, keys (default: all)")
    options.add_argument("--seed", type=int, default=1)
    given = options.parse_args()
    print(report(*asyncio.run(play(given)), given.product))


if __name__ == "__main__":
    main()
