"""Live: what a look every five minutes would have said, judged only with what was known then."""

from collections.abc import Iterable
from typing import Any

import numpy as np

from benchmarks.correlation.score import MUST_EXTRA, MUST_Z
from benchmarks.correlation.world import STEP, World
from collector.correlate import Surge, analyse

LOOKS_MIN = (10, 20, 30, 45, 60)
"""Minutes after the first contacts; a surge not shown by the last counts as missed."""


def live(worlds: Iterable[World], most: int = 40) -> tuple[list[float], list[bool]]:
    """Minutes to the first look that shows it (inf if none), and whether the last look's verdict was right."""
    delays: list[float] = []
    right: list[bool] = []
    for world in worlds:
        start = int(world.inputs[2]["start"])
        for incident in world.incidents:
            if incident.z < MUST_Z or incident.inside < MUST_EXTRA or len(delays) >= most:
                continue
            delay, verdict = np.inf, ""
            for minutes in LOOKS_MIN:
                end = incident.first + minutes * 60 // STEP
                found = [s for s in _look(world, end) if s.end > start + (incident.first - 6) * STEP]
                if found and delay == np.inf:
                    delay = minutes
                verdict = max(found, key=lambda s: s.extra).verdict if found else ""
            delays.append(float(delay))
            right.append(verdict == incident.verdict)
    return delays, right


def _look(world: World, end: int) -> list[Surge]:
    """The surges of the last day as seen when bins [0, end) were known."""
    friction, performance, traffic, contacts = world.inputs

    def cut(lines: dict[str, Any]) -> dict[str, Any]:
        return {name: line[:end] for name, line in lines.items()}

    return analyse(
        cut(friction),
        cut(performance),
        {**traffic, "sessions": traffic["sessions"][:end]},
        {part: cut(lines) for part, lines in contacts.items()},
        since=float(traffic["start"]) + (end - 288) * STEP,
        **world.options,
    )
