"""What json/*.json should hold, from boards/. `python -m tools.generate` writes it; a test fails while they differ."""

from __future__ import annotations

import json
from pathlib import Path

from dashboards.boards import experience, journeys, operations, release, slo, support, vitals
from dashboards.model import Board
from dashboards.render import render

FOLDER = Path(__file__).parent / "json"
"""A link into the package: `snag dashboards install` has them from there, the chart by a link of its own."""

GENERATED = "Written by `python -m tools.generate` from dashboards/boards. Do not edit."


def boards() -> tuple[Board, ...]:
    """All of them, in the order of their links."""
    rooms = (experience, journeys, release, support, vitals, slo, operations)
    return tuple(room.board() for room in rooms)


def written() -> dict[str, str]:
    """Name of each file and what belongs in it."""
    known = boards()
    return {
        f"{board.uid}.json": json.dumps({"_generated": GENERATED, **render(board, known)}, indent=1, ensure_ascii=False)
        + "\n"
        for board in known
    }
