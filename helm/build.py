"""Writes the chart's values.schema.json and README.md: `python -m tools.generate`.

The schema refuses what no template reads, so the two, the values and the templates are held together by tests.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from schema import CHART, SET_BY_CHART, schema

from collector.settings import NAMES


def commented(values: str) -> list[tuple[str, str, str]]:
    """Of values.yaml: path, default and meaning of everything that has a comment `# --`, in its order."""
    rows: list[tuple[str, str, str]] = []
    path: list[str] = []
    meaning, lines = "", values.splitlines()
    for number, line in enumerate(lines):
        bare = line.strip()
        if bare.startswith("# -- "):
            meaning = bare.removeprefix("# -- ")
            continue
        if not bare or bare.startswith(("#", "- ")) or ":" not in bare:
            continue
        depth = (len(line) - len(line.lstrip())) // 2
        key, _, default = bare.partition(":")
        path = [*path[:depth], key]
        if meaning:
            default = default.strip() or _below(lines[number + 1 :], depth)
            rows.append((".".join(path), default, meaning))
        meaning = ""
    return rows


def _below(lines: list[str], depth: int) -> str:
    block = []
    for line in lines:
        if not line.strip() or (len(line) - len(line.lstrip())) // 2 <= depth:
            break
        block.append(line.strip())
    return "; ".join(block)


def readme() -> str:
    """The chart's README."""
    rows = commented((CHART / "values.yaml").read_text(encoding="utf-8"))
    lines = [
        (CHART.parent / "readme.md").read_text(encoding="utf-8").rstrip(),
        "",
        "| value | default | meaning |",
        "|---|---|---|",
    ]
    escaped = [tuple(cell.replace("|", "\\|") for cell in row) for row in rows]
    lines += [f"| `{path}` | `{default}` | {meaning} |" for path, default, meaning in escaped]
    return "\n".join(lines) + "\n"


def written() -> dict[Path, str]:
    """What is written, by file. Raises SystemExit for a setting that the chart sets and that is no more."""
    if unknown := SET_BY_CHART - set(NAMES):
        sys.exit(f"helm/build.py: {', '.join(sorted(unknown))}: no settings any more")
    comment = {"$comment": "Written by `python -m tools.generate`. Do not edit."}
    return {
        CHART / "values.schema.json": json.dumps(comment | schema(), indent=1, sort_keys=True) + "\n",
        CHART / "README.md": readme(),
    }
