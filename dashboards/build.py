"""Generate the boards' JSON from boards/, and the alert rules: `python -m dashboards.build`."""

from __future__ import annotations

import json
from pathlib import Path

from dashboards import alerts
from dashboards.boards import experience, journeys, operations, release, slo, support, vitals
from dashboards.model import Board
from dashboards.render import render

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "collector/static/dashboards"
"""Where `snag dashboards install` has them from."""

FOLDERS = (FOLDER, ROOT / "helm/snagwatch/files/dashboards")
"""Package and chart have a copy each: neither may reach outside itself, and symbolic links are not everywhere."""

ALERTS = Path(__file__).parent / "provisioning/alerting/snagwatch.yaml"


def boards() -> tuple[Board, ...]:
    """Return every board, in the order of their links."""
    rooms = (experience, journeys, release, support, vitals, slo, operations)
    return tuple(room.board() for room in rooms)


def generated() -> dict[str, str]:
    """Return the text of each file by its name."""
    known = boards()
    return {
        f"{board.uid}.json": json.dumps(render(board, known), indent=1, ensure_ascii=False) + "\n" for board in known
    }


def main() -> None:
    """Write every file, and remove those of boards that no longer exist."""
    files = generated()
    for folder in FOLDERS:
        for old in folder.glob("*.json"):
            if old.name not in files:
                old.unlink()
        for name, text in files.items():
            (folder / name).write_text(text, encoding="utf-8")
    ALERTS.write_text(alerts.generated(), encoding="utf-8")


if __name__ == "__main__":
    main()
