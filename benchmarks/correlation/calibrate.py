"""Make the weights behind `confidence`: logistic regressions of 'was right' on the signs of each verdict."""

import sys
from collections.abc import Iterable
from pathlib import Path

import numpy as np

import collector.correlate.calibration as table
from benchmarks.correlation.score import score
from benchmarks.correlation.world import World
from collector.correlate.analysis import judge_all
from collector.correlate.grid import build_grid, in_order
from collector.correlate.result import report
from collector.correlate.weigh import Judged, stands

RIDGE = 3.0
"""Draws every weight towards 0 as a few surges' worth of doubt would."""

HEAD = '"""Weights of the signs behind `confidence`. Made by `python -m benchmarks.correlation --calibrate`; do not edit."""'


Sample = tuple[str, dict[str, float], bool]
"""Verdict, its signs, and whether it was right."""


def samples(world: World) -> list[Sample]:
    """Verdict, signs and whether it was right, of each surge of a world that has a truth."""
    options = dict(world.options)
    grid = build_grid(
        *world.inputs,
        timezone=options["timezone"],
        opening_hours=options.get("opening_hours"),
        annotations=in_order(options["annotations"]),
        complete_through=None,
    )
    # without the gate, which must not choose what it is fitted on
    known, tested = judge_all(grid, least_sure=0.0)
    judged = [j for j in tested if stands(j, known)]
    by_start: dict[int, Judged] = {grid.time(j.case.first): j for j in judged}
    found = score(world, [report(known, j, j.p) for j in judged]).records
    return [
        (str(j.ruling.verdict), j.signs, r.right)
        for r in found
        if r.surge is not None and r.incident is not None
        for j in [by_start[r.surge.start]]
    ]


def calibrate(natural: Iterable[World], traps: Iterable[World], path: Path = Path(str(table.__file__))) -> None:
    """Fit and write the table. natural: worlds with a usual mixture of incidents, which set the level;
    traps: more of the rare coincidences that signs of friction have to be told from."""
    rows = [row for world in natural for row in samples(world)]
    more = [row for world in traps for row in samples(world) if row[0] == "friction"]
    lines = [
        HEAD,
        "",
        "from collector.correlate.types import Verdict",
        "",
        "WEIGHTS: dict[Verdict, dict[str, float]] = {",
    ]
    for verdict in ("friction", "infrastructure", "traffic", "event", "unexplained"):
        mine = [row for row in rows if row[0] == verdict]
        both = mine + (more if verdict == "friction" else [])
        names = sorted({name for _, signs, _ in both for name in signs})
        x, y = _arrays(both, names)
        first, rest = logistic(x, y)
        if len(both) > len(mine):
            x, y = _arrays(mine, names)
            first = level(x @ rest, y)
        print(f"{verdict}: {len(both)} verdicts, {y.mean():.3f} of {len(mine)} right", file=sys.stderr)
        lines.append(f'    "{verdict}": {{')
        values = [("1", first), *zip(names, rest.tolist(), strict=True)]
        lines += [f'        "{name}": {value:.4g},' for name, value in values if abs(value) > 1e-6]
        lines.append("    },")
    path.write_text("\n".join([*lines, "}", ""]))


def _arrays(rows: list[Sample], names: list[str]) -> tuple[np.ndarray, np.ndarray]:
    x = np.array([[signs.get(name, 0.0) for name in names] for _, signs, _ in rows])
    return x, np.array([right for _, _, right in rows], dtype=float)


def level(score_: np.ndarray, y: np.ndarray) -> float:
    """The intercept that makes stated and true share of right verdicts equal, by bisection."""
    low, high = -30.0, 30.0
    want = (y.sum() + 0.5) / (len(y) + 1)
    for _ in range(60):
        middle = (low + high) / 2
        mean = float((1 / (1 + np.exp(-np.clip(score_ + middle, -30, 30)))).mean())
        low, high = (middle, high) if mean < want else (low, middle)
    return (low + high) / 2


def logistic(x: np.ndarray, y: np.ndarray) -> tuple[float, np.ndarray]:
    """Intercept and weights by Newton steps with a ridge on standardised columns; x (n, k), y (n,) of 0 and 1."""
    middle, spread = x.mean(0), np.maximum(x.std(0), 1e-6)
    full = np.column_stack([np.ones(len(y)), (x - middle) / spread])
    # one wrong verdict is believed possible even where none was seen
    weight = np.zeros(full.shape[1])
    weight[0] = np.log((y.sum() + 1) / (len(y) - y.sum() + 1))
    ridge = RIDGE * np.eye(full.shape[1])
    ridge[0, 0] = 0.05
    for _ in range(60):
        p = 1 / (1 + np.exp(-np.clip(full @ weight, -30, 30)))
        slope = full.T @ (y - p) - ridge @ weight
        curve = full.T @ (full * (p * (1 - p))[:, None]) + ridge + 1e-6 * np.eye(len(weight))
        weight = weight + np.linalg.solve(curve, slope)
    rest = weight[1:] / spread
    return float(weight[0] - rest @ middle), rest
