"""Compare the surge detector with three short ones on a real series: `python -m benchmarks.correlation --calls FILE`.

The file (CSV, may be gzipped) has a header and two columns: local time (ISO) and calls in five minutes; closed hours are
left out. Every detector gets the threshold at which it raises as many alarms on the untouched series as ours.
"""

import csv
import gzip
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import numpy as np

from collector.correlate import analyse

STEP = 300
WEEKS = 8
"""History before the first day that is evaluated."""

RISES = (0.3, 0.5, 1.0)
HOURS = (1, 2, 3)
SPACING = {"sparse": 12, "dense": 4}
"""Rises are planted on every so many open days."""

Score = Callable[[np.ndarray], np.ndarray]


class Calls(NamedTuple):
    """Counts on a grid from the first day on, NaN while closed. start is local time read as UTC."""

    start: int
    counts: np.ndarray


def read(path: Path) -> Calls:
    """The counts of a file on a five-minute grid."""
    with gzip.open(path, "rt") if path.suffix == ".gz" else path.open() as file:
        rows = list(csv.reader(file))[1:]
    at = np.array([int((datetime.fromisoformat(row[0]) - datetime(1970, 1, 1)).total_seconds()) for row in rows])
    start = int(at.min() // 86400 * 86400)
    counts = np.full((int(at.max()) - start) // 86400 * 288 + 288, np.nan)
    counts[(at - start) // STEP] = [float(row[1]) for row in rows]
    return Calls(start, counts)


def surges(calls: Calls) -> list[tuple[int, int]]:
    """Surges of the engine after the first WEEKS, as bins [first, last)."""
    traffic = {"start": calls.start, "step": STEP}
    reported = analyse({}, {}, traffic, {"channels": {"phone": calls.counts}, "topics": {}})
    spans = [((s.start - calls.start) // STEP, (s.end - calls.start) // STEP) for s in reported]
    return [(a, b) for a, b in spans if b > WEEKS * 2016]


def _usual(hourly: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Median and MAD of the eight same weekdays before, shape (T,)."""
    past = np.array([np.roll(hourly, 2016 * k) for k in range(1, 9)])
    for k in range(8):
        past[k, : 2016 * (k + 1)] = np.nan
    with np.errstate(all="ignore"):
        middle = np.nanmedian(past, axis=0)
        spread = 1.4826 * np.nanmedian(np.abs(past - middle), axis=0)
    return middle, np.maximum(spread, np.sqrt(np.maximum(middle, 1.0)))


def _hourly(counts: np.ndarray) -> np.ndarray:
    """The sum of the hour that ends with each bin; NaN where any of it is closed."""
    total = np.full(len(counts), np.nan)
    total[11:] = np.lib.stride_tricks.sliding_window_view(counts, 12).sum(1)
    return total


def same_weekdays(counts: np.ndarray) -> np.ndarray:
    """Distance from the median of eight same weekdays, in MADs."""
    hourly = _hourly(counts)
    middle, spread = _usual(hourly)
    return (hourly - middle) / spread


def times_level(counts: np.ndarray) -> np.ndarray:
    """The same, after scaling by the level of the three hours before."""
    hourly = _hourly(counts)
    middle, spread = _usual(hourly)
    ratio = hourly / middle
    before = np.array([np.roll(ratio, 12 * k) for k in (1, 2, 3)])
    with np.errstate(all="ignore"):
        level = np.clip(np.nan_to_num(np.nanmean(before, axis=0), nan=1.0), 0.5, 2.0)
    return (hourly - level * middle) / (level * spread)


def ewma(counts: np.ndarray, memory: float = 0.1) -> np.ndarray:
    """Exponentially weighted mean of the deseasonalised hour against its usual spread."""
    hourly = _hourly(counts)
    middle, _ = _usual(hourly)
    ratio = hourly / middle - 1
    known = np.flatnonzero(np.isfinite(ratio))
    smooth, out = 0.0, np.full(len(counts), np.nan)
    for at in known:
        smooth = (1 - memory) * smooth + memory * ratio[at]
        out[at] = smooth
    return out / (1.4826 * np.nanmedian(np.abs(out)))


SHORT: dict[str, Score] = {"median of 8 weekdays": same_weekdays, "times level of 3 h": times_level, "EWMA": ewma}


def alarms(score: np.ndarray, threshold: float) -> list[tuple[int, int]]:
    """Runs of bins beyond a threshold; those closer than 90 minutes are one. Each reaches back over its hour."""
    high = np.flatnonzero(np.nan_to_num(score, nan=-1.0) > threshold)
    high = high[high >= WEEKS * 2016]
    if not len(high):
        return []
    cuts = np.flatnonzero(np.diff(high) > 18)
    firsts = high[np.concatenate([[0], cuts + 1])]
    lasts = high[np.concatenate([cuts, [len(high) - 1]])]
    return [(int(a) - 11, int(b) + 1) for a, b in zip(firsts, lasts, strict=True)]


def threshold_for(score: np.ndarray, many: int) -> float:
    """The lowest threshold with at most so many alarms on the untouched series."""
    steps = np.quantile(score[np.isfinite(score)], 1 - np.geomspace(0.2, 1e-5, 200))
    return float(next((t for t in steps if len(alarms(score, t)) <= max(many, 1)), steps[-1]))


def plants(calls: Calls, every: int, hours: int, turn: int) -> list[int]:
    """First bins of rises on every so many open days, at changing hours of the day."""
    days = np.isfinite(calls.counts).reshape(-1, 288)
    opened = [d for d in np.flatnonzero(days.any(1)) if d >= 7 * WEEKS]
    rng = np.random.default_rng(100 * turn + hours)
    firsts = []
    for day in opened[turn % every :: every]:
        bins = np.flatnonzero(days[day])
        firsts.append(int(day) * 288 + int(rng.integers(bins[0], bins[-1] - 12 * hours + 2)))
    return firsts


def planted(calls: Calls, firsts: list[int], rise: float, hours: int, turn: int) -> np.ndarray:
    """The series with each of these rises added."""
    rng = np.random.default_rng(turn)
    counts = calls.counts.copy()
    for first in firsts:
        span = slice(first, first + 12 * hours)
        counts[span] += rng.poisson(rise * counts[span])
    return counts


def _hits(found: list[tuple[int, int]], firsts: list[int], hours: int) -> int:
    return sum(any(a < p + 12 * hours and b > p for a, b in found) for p in firsts)


def measure(path: Path, *, turns: dict[str, int] | None = None) -> None:
    """Print alarms on the series as it is, and the share of planted rises that each detector finds."""
    if not path.is_file():
        print(f"{path}: no such file; the real series is left out")
        return
    calls = read(path)
    clean = surges(calls)
    weeks = len(calls.counts) / 2016 - WEEKS
    print(f"untouched: {len(clean)} surges in {weeks:.1f} weeks")
    limits = {name: threshold_for(score(calls.counts), len(clean)) for name, score in SHORT.items()}
    for spacing, every in SPACING.items():
        for rise in RISES:
            for hours in HOURS:
                hits, tried = dict.fromkeys(("ours", *SHORT), 0), 0
                for turn in range((turns or {"sparse": 3, "dense": 1})[spacing]):
                    firsts = plants(calls, every, hours, turn)
                    counts = planted(calls, firsts, rise, hours, turn)
                    hits["ours"] += _hits(surges(Calls(calls.start, counts)), firsts, hours)
                    for name, score in SHORT.items():
                        hits[name] += _hits(alarms(score(counts), limits[name]), firsts, hours)
                    tried += len(firsts)
                best = max(hits[name] for name in SHORT) / tried
                error = 2 * np.sqrt(max(best * (1 - best), 0.25 / tried) / tried)
                verdict = "" if hits["ours"] / tried >= best - error else "  BELOW"
                shares = ", ".join(f"{name} {n / tried:.2f}" for name, n in hits.items())
                print(f"{spacing} +{rise:.0%} {hours} h, {tried} rises: {shares}{verdict}", flush=True)
