"""The surge detector on real call counts: `python -m benchmarks.correlation --calls FILE.csv[.gz]`.

The file has a header and two columns: local time (ISO) and calls in five minutes; closed hours are left out.
"""

import csv
import gzip
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import numpy as np

from collector.correlate import analyse

STEP = 300
WEEKS = 8
"""History before each week that is judged."""


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
    """Surges as bins [first, last)."""
    traffic = {"start": calls.start, "step": STEP}
    found = analyse({}, {}, traffic, {"channels": {"phone": calls.counts}, "topics": {}})
    return [((s.start - calls.start) // STEP, (s.end - calls.start) // STEP) for s in found]


def measure(path: Path, *, plants: int = 40, seed: int = 1) -> None:
    """Print false flags on the series as it is, and hits on planted rises of one and two hours."""
    calls = read(path)
    rng = np.random.default_rng(seed)
    open_hours = np.isfinite(calls.counts).sum() / 12
    clean = surges(calls)
    flagged = sum(np.isfinite(calls.counts[a:b]).sum() for a, b in clean) / 12
    weeks = len(calls.counts) / 2016
    print(f"as it is: {len(clean)} surges in {weeks:.0f} weeks, {flagged / open_hours:.2%} of open hours flagged")
    taken = np.zeros(len(calls.counts), dtype=bool)
    for a, b in clean:
        taken[max(0, a - 36) : b + 36] = True
    for hours in (1, 2):
        for rise in (0.2, 0.3, 0.5):
            hits = tried = 0
            for _ in range(4):  # rises far apart, many in one run
                counts = calls.counts.copy()
                planted: list[int] = []
                for first in rng.permutation(len(counts) - 300):
                    span = slice(first, first + 12 * hours)
                    if first < WEEKS * 2016 or not np.isfinite(counts[span]).all() or taken[span].any():
                        continue
                    if all(abs(first - other) > 5 * 288 for other in planted):
                        planted.append(int(first))
                        counts[span] += rng.binomial(np.maximum(counts[span], 0).astype(int), rise)
                    if len(planted) >= plants // 4:
                        break
                found = surges(Calls(calls.start, counts))
                hits += sum(any(a < p + 12 * hours and b > p for a, b in found) for p in planted)
                tried += len(planted)
            print(f"+{rise:.0%} for {hours} h: {hits} of {tried} found", flush=True)
