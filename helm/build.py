"""Generate the chart's values.schema.json and README.md: `python -m tools.generate`.

The schema rejects values that no template reads; tests hold schema, values and templates together.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from collector.settings import NAMES
from helm.schema import CHART, SET_BY_CHART, schema


def commented(values: str) -> list[tuple[str, str, str]]:
    """Return path, default and description of each value with a `# --` comment, in the order of values.yaml."""
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
    """Return the text of the chart's README."""
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


def generated() -> dict[Path, str]:
    """Return the generated text of each file. Raises SystemExit for a setting that the chart sets and that is unknown."""
    if unknown := SET_BY_CHART - set(NAMES):
        sys.exit(f"helm/schema.py: SET_BY_CHART names unknown settings: {', '.join(sorted(unknown))}")
    comment = {"$comment": "Written by `python -m tools.generate`. Do not edit."}
    return {
        CHART / "values.schema.json": json.dumps(comment | schema(), indent=1, sort_keys=True) + "\n",
        CHART / "README.md": readme(),
    }
