"""The score command: builds worlds, asks `analyse`, prints the table of target figures."""

import argparse
import sys
import time
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from benchmarks.correlation import agents, queueing, series
from benchmarks.correlation.baselines import compare
from benchmarks.correlation.calibrate import calibrate
from benchmarks.correlation.calls import measure
from benchmarks.correlation.live import live
from benchmarks.correlation.score import Scored, by_kind, figures, score
from benchmarks.correlation.speed import speed
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


def told_live(name: str, family: str, first: int, count: int, weeks: int) -> None:
    """Print the delay of live detection and how often the verdict is right within the hour."""
    delays, right = live(worlds(family, range(first, first + count), weeks), most=count * 4)
    if delays:
        print(f"\n{name}, live: median delay {np.median(delays):.0f} min, ", end="")
        print(f"right within 60 min {np.mean(right):.2f} of {len(right)}", flush=True)


def main() -> None:
    """Score the families. The one held back is looked at once the rest is settled."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--family", action="append", choices=list(FAMILIES))
    parser.add_argument("--worlds", type=int, default=60, help="worlds per family")
    parser.add_argument("--first", type=int, default=1000, help="first seed; those below are for tuning")
    parser.add_argument("--weeks", type=int, default=6)
    parser.add_argument("--quick", action="store_true", help="12 worlds per family, no year: about two minutes")
    parser.add_argument("--live", type=int, default=4, help="worlds per family that are looked at every few minutes")
    parser.add_argument("--plots", type=Path, metavar="DIR", help="draw the calibration plots there")
    parser.add_argument("--calibrate", action="store_true", help="remake collector/correlate/calibration.py")
    parser.add_argument("--calls", type=Path, metavar="CSV", help="measure the detector on a real series instead")
    options = parser.parse_args()
    count = 12 if options.quick else options.worlds
    seeds = range(options.first, options.first + count)
    if options.calls:
        measure(options.calls)
        return
    if options.calibrate:
        traps = ("trap_late", "trap_beside")
        calibrate(
            (world for family in TUNED for world in worlds(family, seeds, options.weeks)),
            (FAMILIES[family](seed, SIZES[seed % 4], options.weeks, traps) for family in TUNED for seed in seeds[::2]),
        )
        return
    records = []
    for family in options.family or (*TUNED, *HELD_BACK):
        name = family + (" (held back)" if family in HELD_BACK else "")
        scored = run(family, seeds, options.weeks)
        table(name, scored)
        records += scored.records
        told_live(name, family, options.first, 1 if options.quick else options.live, options.weeks)
        compare(worlds(family, seeds[: max(4, count // 4)], options.weeks))
    if options.plots:
        from benchmarks.correlation.plots import draw

        draw(records, options.plots)
    speed(year=not options.quick)
