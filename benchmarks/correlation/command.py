"""The score command: builds worlds, asks `analyse`, prints the table of target figures."""

import argparse
import sys
import time
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from scipy import stats

from benchmarks.correlation import agents, queueing, series
from benchmarks.correlation.baselines import compare
from benchmarks.correlation.calibrate import calibrate
from benchmarks.correlation.calls import measure
from benchmarks.correlation.labelled import measure as measure_labelled
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


def side_by_side(home: Scored, away: Scored) -> None:
    """Print the figures of the families that rules were tuned on beside those of the one held back."""
    print(f"\n{'':34} {'home':^25} {'away':^25}  target")
    for h, a in zip(figures(home), figures(away), strict=True):
        sides = [f"{f.value:6.3f} [{f.low:5.3f} {f.high:5.3f}]" for f in (h, a)]
        print(f"{h.name:34} {sides[0]:25} {sides[1]:25}  {h.target}")


def uniform_p(name: str, scored: Scored) -> None:
    """Print how far p of surges that nothing on the site brought is from uniform (Kolmogorov-Smirnov, towards small p)."""
    p = [
        r.surge.p
        for r in scored.records
        if r.surge and r.surge.p is not None and r.incident and r.incident.kind in ("outside", "event")
    ]
    if p:
        test = stats.kstest(p, "uniform", alternative="greater")
        small = float(np.mean(np.array(p) <= 0.05))
        print(f"{name}, p where nothing was planted: {small:.3f} of {len(p)} <= .05; ", end="")
        print(f"Kolmogorov-Smirnov {test.statistic:.3f}, p {test.pvalue:.3f}", flush=True)


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
    parser.add_argument("--count", type=int, default=60, help="simulated sites per family")
    parser.add_argument("--first", type=int, default=1000, help="first seed; those below are for tuning")
    parser.add_argument("--weeks", type=int, default=6)
    parser.add_argument("--quick", action="store_true", help="12 worlds per family, no year: about two minutes")
    parser.add_argument("--live", type=int, default=4, help="worlds per family that are looked at every few minutes")
    parser.add_argument("--plots", type=Path, metavar="DIR", help="draw the calibration plots there")
    parser.add_argument("--calibrate", action="store_true", help="remake collector/correlate/calibration.py")
    parser.add_argument("--calls", type=Path, metavar="CSV", help="measure the detector on a real series instead")
    parser.add_argument("--worlds", type=Path, metavar="DIR", help="score labelled sites from a folder instead")
    parser.add_argument("--only", default="*", metavar="GLOB", help="of the labelled sites, those named so")
    parser.add_argument("--zone", default="", metavar="NAME", help="their time zone; without one it is inferred")
    parser.add_argument("--detail", action="store_true", help="print every labelled incident")
    options = parser.parse_args()
    count = 12 if options.quick else options.count
    seeds = range(options.first, options.first + count)
    if options.calls or options.worlds:
        if options.calls:
            measure(options.calls)
        if options.worlds:
            measure_labelled(options.worlds, zone=options.zone or None, detail=options.detail, only=options.only)
        return
    if options.calibrate:
        traps = ("trap_late", "trap_beside")
        calibrate(
            (world for family in TUNED for world in worlds(family, seeds, options.weeks)),
            (FAMILIES[family](seed, SIZES[seed % 4], options.weeks, traps) for family in TUNED for seed in seeds[::2]),
        )
        return
    sides = {True: Scored([], 0.0), False: Scored([], 0.0)}
    for family in options.family or (*TUNED, *HELD_BACK):
        name = family + (" (held back)" if family in HELD_BACK else "")
        scored = run(family, seeds, options.weeks)
        table(name, scored)
        uniform_p(name, scored)
        home = sides[family in TUNED]
        sides[family in TUNED] = Scored(home.records + scored.records, home.weeks + scored.weeks)
        told_live(name, family, options.first, 1 if options.quick else options.live, options.weeks)
        compare(worlds(family, seeds[: max(4, count // 4)], options.weeks))
    side_by_side(sides[True], sides[False])
    if options.plots:
        from benchmarks.correlation.plots import draw

        draw(sides[True].records + sides[False].records, options.plots)
    speed(year=not options.quick)
