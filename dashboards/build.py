"""What json/*.json should hold, from boards/. `python -m tools.generate` writes it; a test fails while they differ."""

from __future__ import annotations

import json
from pathlib import Path

from dashboards.boards import experience, journeys, operations, release, slo, support, vitals
from dashboards.model import Board
from dashboards.render import render

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "collector/static/dashboards"
"""Where `snag dashboards install` has them from."""

FOLDERS = (FOLDER, ROOT / "helm/snagwatch/files/dashboards")
"""Package and chart have a copy each: neither may reach outside itself, and symbolic links are not everywhere."""

GENERATED = "Written by `python -m tools.generate` from dashboards/boards. Do not edit."


def boards() -> tuple[Board, ...]:
    """Return every board, in the order of their links."""
    rooms = (experience, journeys, release, support, vitals, slo, operations)
    return tuple(room.board() for room in rooms)


def generated() -> dict[str, str]:
    """Return the text of each file by its name."""
    known = boards()
    return {
        f"{board.uid}.json": json.dumps({"_generated": GENERATED, **render(board, known)}, indent=1, ensure_ascii=False)
        + "\n"
        for board in known
    }
