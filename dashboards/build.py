"""Writes json/*.json from boards/ and the alert rules: `python -m dashboards.build`. A test fails while they differ."""

from __future__ import annotations

import json
from pathlib import Path

from dashboards import alerts
from dashboards.boards import experience, journeys, operations, release, slo, support, vitals
from dashboards.model import Board
from dashboards.render import render

FOLDER = Path(__file__).parent / "json"
"""A link into the package: `snag dashboards install` has them from there, the chart by a link of its own."""

ALERTS = Path(__file__).parent / "provisioning/alerting/snagwatch.yaml"


def boards() -> tuple[Board, ...]:
    """All of them, in the order of their links."""
    rooms = (experience, journeys, release, support, vitals, slo, operations)
    return tuple(room.board() for room in rooms)


def written() -> dict[str, str]:
    """Name of each file and what belongs in it."""
    known = boards()
    return {
        f"{board.uid}.json": json.dumps(render(board, known), indent=1, ensure_ascii=False) + "\n" for board in known
    }


def main() -> None:
    """Write them, and take away what is no board any more."""
    files = written()
    for old in FOLDER.glob("*.json"):
        if old.name not in files:
            old.unlink()
    for name, text in files.items():
        (FOLDER / name).write_text(text, encoding="utf-8")
    ALERTS.write_text(alerts.written(), encoding="utf-8")


if __name__ == "__main__":
    main()
