"""The score command: builds worlds, asks `analyse`, prints the table of target figures."""

import argparse
import pickle
import sys
import time
from collections.abc import Iterable
from pathlib import Path

from benchmarks.correlation import agents, queueing, series
from benchmarks.correlation.score import Scored, by_kind, figures, score
from benchmarks.correlation.world import World
from collector.correlate import analyse

TUNED = ("series", "agents")
HELD_BACK = ("queueing",)
"""Never looked at while the algorithm is tuned."""

FAMILIES = {"series": series.build, "agents": agents.build, "queueing": queueing.build}
SIZES = ("quiet", "usual", "busy", "centre")


def worlds(family: str, seeds: Iterable[int], weeks: int) -> Iterable[World]:
    """One world per seed, the sizes in turn."""
    for seed in seeds:
        yield FAMILIES[family](seed, SIZES[seed % len(SIZES)], weeks)


def run(family: str, seeds: Iterable[int], weeks: int) -> Scored:
    """Analyse the worlds of one family, with a line of progress on stderr."""
    records, total = [], 0.0
    before = time.process_time()
    for done, world in enumerate(worlds(family, seeds, weeks), 1):
        found = score(world, analyse(*world.inputs, **world.options))
        records += found.records
        total += found.weeks
        if done % 20 == 0:
            print(f"{family}: {done} worlds, {time.process_time() - before:.0f} CPU s", file=sys.stderr)
    return Scored(records, total)


def table(name: str, scored: Scored) -> None:
    """Print the figures of one family and what was said of each kind."""
    print(f"\n{name}: {len(scored.records)} incidents and stray surges in {scored.weeks:.0f} weeks")
    for f in figures(scored):
        print(f"  {f.name:34} {f.value:6.3f}  [{f.low:5.3f} {f.high:5.3f}] of {f.of:5}  target {f.target}")
    print("  kind                   must found right  otherwise")
    for kind, must, found, right, wrong in by_kind(scored.records):
        print(f"  {kind:22} {must:4} {found:5} {right:5}  {wrong or ''}")


def main() -> None:
    """Score the families; the one held back only where it is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--family", action="append", choices=list(FAMILIES))
    parser.add_argument("--worlds", type=int, default=60, help="worlds per family")
    parser.add_argument("--first", type=int, default=1000, help="first seed; those below are for tuning")
    parser.add_argument("--weeks", type=int, default=6)
    parser.add_argument("--keep", type=Path, help="where to keep the records (pickle)")
    options = parser.parse_args()
    kept = {}
    for family in options.family or (*TUNED, *HELD_BACK):
        scored = run(family, range(options.first, options.first + options.worlds), options.weeks)
        table(family + (" (held back)" if family in HELD_BACK else ""), scored)
        kept[family] = scored
    if options.keep:
        options.keep.write_bytes(pickle.dumps(kept))
