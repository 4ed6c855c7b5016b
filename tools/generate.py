"""Write every generated file of the checkout: `python -m tools.generate`; with `--check` only say which are stale.

The agent's scripts are built by `npm run build` in agent/, the engine's calibration by `python -m benchmarks.correlation
--calibrate`: both take longer than a command should.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from collector.metrics import docs as metrics_docs
from collector.server import capacity
from collector.store.schema import desired
from dashboards import alerts, build
from helm import build as chart
from tools import openapi, vocabulary

ROOT = Path(__file__).parents[1]

FILES: dict[str, Callable[[], str]] = {
    "agent/src/events.gen.ts": vocabulary.to_typescript,
    "collector/store/schema/desired.sql": desired.to_sql,
    "docs/beacon.schema.json": vocabulary.to_json_schema,
    "docs/capacity.md": capacity.to_markdown,
    "docs/metrics.md": metrics_docs.page,
    "docs/openapi.json": openapi.text,
    "docs/vocabulary.md": vocabulary.to_markdown,
    "docs/wire-format.md": vocabulary.to_wire_format,
    "dashboards/provisioning/alerting/snagwatch.yaml": alerts.generated,
}
"""The files that one function writes each, by their path in the checkout."""


def generated() -> dict[Path, str]:
    """Return every generated file and the text that belongs into it."""
    found = {ROOT / path: make() for path, make in FILES.items()}
    found |= {folder / name: text for folder in build.FOLDERS for name, text in build.generated().items()}
    return found | chart.generated()


def stale(files: dict[Path, str]) -> list[Path]:
    """Return those of the files that are missing or differ, and boards that are no longer generated."""
    missing = [path for path, text in files.items() if not path.exists() or path.read_text(encoding="utf-8") != text]
    return missing + [path for folder in build.FOLDERS for path in folder.glob("*.json") if path not in files]


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the stale files, or with --check name them and return 1."""
    parser = argparse.ArgumentParser(prog="python -m tools.generate", description="Write every generated file.")
    parser.add_argument("--check", action="store_true", help="write nothing; list the stale files and exit with 1")
    check = parser.parse_args(arguments).check
    files = generated()
    found = stale(files)
    for path in found:
        print(f"{'stale' if check else 'written'}: {path.relative_to(ROOT)}")
        if check:
            continue
        if path in files:
            path.write_text(files[path], encoding="utf-8")
        else:
            path.unlink()
    return 1 if check and found else 0


if __name__ == "__main__":
    sys.exit(main())
