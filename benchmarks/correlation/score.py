"""What `analyse` said against what was planted: one record per incident and per surge, and figures over them."""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from benchmarks.correlation.world import FRICTION, STEP, TRAPS, Incident, World
from collector.correlate import Surge

MUST_Z = 6.0
STRONG_Z = 12.0
MUST_EXTRA = 15.0
"""Incidents below this are too weak for anyone; finding them is neither asked for nor held against."""


class Record(NamedTuple):
    """One incident (surge None: missed), or one surge where nothing was planted (incident None)."""

    family: str
    seed: int
    incident: Incident | None
    surge: Surge | None
    pieces: int = 1

    @property
    def must(self) -> bool:
        i = self.incident
        return i is not None and i.z >= MUST_Z and i.inside >= MUST_EXTRA

    @property
    def said(self) -> str:
        return "missed" if self.surge is None else self.surge.verdict

    @property
    def right(self) -> bool:
        return self.incident is not None and self.said == self.incident.verdict


class Scored(NamedTuple):
    """All records of some worlds, over so many weeks in which surges could be reported."""

    records: list[Record]
    weeks: float


def score(world: World, surges: Iterable[Surge]) -> Scored:
    """Match surges to incidents by where their contacts lie; echoes (who calls again next day) count as nothing."""
    start = int(world.inputs[2]["start"])
    taken: dict[int, list[Surge]] = {}
    records: list[Record] = []
    for surge in surges:
        first, last = (surge.start - start) // STEP, (surge.end - start) // STEP
        over = [
            (min(last, i.last + 12) - max(first, i.first - 6), n)
            for n, i in enumerate(world.incidents)
            if i.brought >= 1 and first < i.last + 12 and last > i.first - 6
        ]
        if over:
            taken.setdefault(max(over)[1], []).append(surge)
            continue
        echo = any(((i.reached >= first) & (i.reached < last)).sum() >= 2 for i in world.incidents)
        if not echo:
            records.append(Record(world.family, world.seed, None, surge))
    for n, incident in enumerate(world.incidents):
        found = taken.get(n, [])
        best = max(found, key=lambda s: s.extra) if found else None
        if incident.brought >= 1 or best:
            records.append(Record(world.family, world.seed, incident, best, max(1, len(found))))
    return Scored(records, len(world.inputs[2]["sessions"]) / 2016 - 1)


class Figure(NamedTuple):
    """One line of the table: a share or a median, how many it rests on, and its interval (90 %; 95 % for shares)."""

    name: str
    value: float
    of: int
    low: float
    high: float
    target: str


def figures(scored: Scored) -> list[Figure]:
    """The table of target figures."""
    records = scored.records
    planted = [r for r in records if r.incident is not None]
    must = [r for r in planted if r.must]
    strong = [r for r in must if r.incident and r.incident.z >= STRONG_Z]
    weak = [r for r in must if r.incident and r.incident.z < STRONG_Z]
    found = [r for r in must if r.surge]
    false = [r for r in records if r.incident is None]
    any_found = [r for r in planted if r.surge]
    friction = [r for r in found if r.incident and r.incident.kind in FRICTION]
    called = [r for r in friction if r.said == "friction" and r.surge and r.surge.keys]
    blamed = [r for r in records if r.said == "friction" and not r.right]
    named = [r for r in records if r.said == "friction"]
    trapped = [r for r in any_found if r.incident and r.incident.kind in TRAPS]
    table = [
        _share("recall, strong (z >= 12)", [r.surge is not None for r in strong], ">= .95"),
        _share("recall, weak (6 to 12)", [r.surge is not None for r in weak], ">= .85"),
        _share("precision of surges", [True] * len(any_found) + [False] * len(false), ">= .93"),
        _per_week(len(false), scored.weeks),
        _share("one story told twice", [r.pieces > 1 for r in found], "0"),
        _share("verdict right", [r.right for r in found], ">= .95"),
        _share("right key first", [_key_right(r) for r in called], ">= .93"),
        _share("friction verdicts that are wrong", [r in blamed for r in named], "<= q"),
        _share("  the mean q they state", [], ""),
        _share("traffic called friction", _blamed(any_found, "traffic"), "0"),
        _share("infrastructure called friction", _blamed(any_found, "infrastructure"), "0"),
        _share("traps called friction", [r.said == "friction" for r in trapped], "<= .01"),
    ]
    q = [r.surge.q for r in named if r.surge and r.surge.q is not None]
    table[8] = Figure(table[8].name, float(np.mean(q)) if q else np.nan, len(q), np.nan, np.nan, "")
    for kind in ("outside", "event", "traffic", "campaign"):
        p = [
            r.surge.p for r in any_found if r.surge and r.incident and r.incident.kind == kind and r.surge.p is not None
        ]
        table.append(_share(f"p <= .05, {kind}", [x <= 0.05 for x in p], ".05 inside"))
    sure = [(r.surge.confidence, r.right) for r in any_found if r.surge and r.surge.confidence is not None]
    table.append(Figure("calibration error of confidence", ece(sure), len(sure), np.nan, np.nan, "<= .03"))
    lags = [
        abs(r.surge.lag_s / 60 - r.incident.lag_min)
        for r in called
        if r.surge and r.incident and r.surge.lag_s is not None and r.incident.lag_min is not None
    ]
    table.append(_median("lag, median error (min)", lags, "<= 7"))
    told = [
        (r.surge.attributed, r.surge.attributed_low, r.surge.attributed_high, r.incident.inside)
        for r in called
        if r.surge and r.incident and r.surge.attributed is not None
    ]
    table.append(_median("attributed, median error", [abs(a / t - 1) for a, _, _, t in told], "<= .12"))
    table.append(_median("attributed / true, median", [a / t for a, _, _, t in told], "1"))
    table.append(_share("attributed, interval covers", [lo <= t <= hi for _, lo, hi, t in told], ".90"))
    extra = [(r.surge.extra_low, r.surge.extra_high, r.incident.inside) for r in found if r.surge and r.incident]
    table.append(_share("extra, interval covers", [lo <= t <= hi for lo, hi, t in extra], ".90"))
    return table


def by_kind(records: list[Record]) -> list[tuple[str, int, int, int, dict[str, int]]]:
    """Kind, must-find, found of these, right of these, and what was said of any found one that is wrong."""
    rows = []
    for kind in sorted({r.incident.kind for r in records if r.incident}):
        mine = [r for r in records if r.incident and r.incident.kind == kind]
        must = [r for r in mine if r.must]
        found = [r for r in must if r.surge]
        wrong: dict[str, int] = {}
        for r in found:
            if not r.right:
                wrong[r.said] = wrong.get(r.said, 0) + 1
        rows.append((kind, len(must), len(found), sum(r.right for r in found), wrong))
    return rows


def ece(sure: list[tuple[float, bool]], bins: int = 10) -> float:
    """Expected calibration error: mean distance of stated and true share over ten equal groups (Naeini 2015)."""
    if not sure:
        return np.nan
    order = sorted(sure)
    groups = [g for g in np.array_split(np.array(order, dtype=float), min(bins, max(1, len(order) // 20))) if len(g)]
    return float(sum(len(g) * abs(g[:, 0].mean() - g[:, 1].mean()) for g in groups) / len(order))


def _key_right(record: Record) -> bool:
    if record.surge is None or record.incident is None or not record.surge.keys:
        return False
    return record.surge.keys[0]["key"] in record.incident.keys


def _blamed(found: list[Record], verdict: str) -> list[bool]:
    return [r.said == "friction" for r in found if r.incident and r.incident.verdict == verdict]


def _share(name: str, hits: list[bool], target: str) -> Figure:
    """A share with Wilson's 95 % interval (Wilson 1927)."""
    n = len(hits)
    if not n:
        return Figure(name, np.nan, 0, np.nan, np.nan, target)
    p, z = sum(hits) / n, 1.96
    middle, half = (
        (p + z * z / (2 * n)) / (1 + z * z / n),
        z * np.sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n),
    )
    return Figure(name, p, n, max(0.0, middle - half), min(1.0, middle + half), target)


def _median(name: str, values: list[float], target: str) -> Figure:
    if not values:
        return Figure(name, np.nan, 0, np.nan, np.nan, target)
    rng = np.random.default_rng(1)
    again = np.median(rng.choice(values, (400, len(values))), axis=1)
    return Figure(name, float(np.median(values)), len(values), *np.quantile(again, [0.05, 0.95]).tolist(), target)


def _per_week(events: int, weeks: float) -> Figure:
    """A rate with about a 95 % interval (Poisson, square-root scale)."""
    low, high = max(0.0, np.sqrt(events + 0.375) - 0.98) ** 2, (np.sqrt(events + 0.375) + 0.98) ** 2
    many = max(weeks, 1e-9)
    return Figure("false surges a week", events / many, round(weeks), low / many, high / many, "<= .1")
