"""The pages of a site and time as one HTML file that needs nothing else: to read, to mail, to keep."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from collector.surges.find import Found
from collector.web import friction, journeys, operations, releases, render, surge, surveys
from collector.web.scope import Scope


def write_report(path: Path, scope: Scope, found: Found | None, missing: str = "", notes: Sequence[str] = ()) -> Path:
    """Write every page to `path`; returns where it is, absolute. Raises OSError.

    `found` are the surges as they were evaluated for it; None: `missing` says why there are none. `notes` say what is
    simulated.
    """
    text = report(scope, found, missing, notes)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path.absolute()


def report(scope: Scope, found: Found | None, missing: str = "", notes: Sequence[str] = ()) -> str:
    """The same as text."""
    pages = {
        "surges": surge.load_evaluated(scope, found, missing),
        "friction": friction.load(scope),
        "journeys": journeys.load(scope),
        "releases": releases.load(scope),
        "surveys": surveys.load(scope),
        "operations": operations.load(scope, None),
    }
    return render.report(scope, pages, notes)
