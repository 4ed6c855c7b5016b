"""What was found as one HTML file that needs nothing else: to read, to mail, to keep."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from collector import __version__
from collector.correlate import Surge
from collector.store.grids import STEP_S
from collector.surges.find import Found
from collector.surges.wording import clock, few, no_surge, reservations, tell
from collector.web import friction, journeys, operations, releases, surge, surveys
from collector.web.plot import PER_BAR, plots, total
from collector.web.render import report
from collector.web.scope import Look

_pages = Environment(loader=PackageLoader("collector.web"), autoescape=True, undefined=StrictUndefined)


def write_report(found: Found, path: Path, notes: Sequence[str] = ()) -> Path:
    """Write the page; returns where it is, absolute."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(render(found, notes), encoding="utf-8")
    return path.absolute()


def whole(look: Look, found: Found | None, missing: str) -> str:
    """Every page as one file; `found` are the surges as they were judged for it, None: `missing` says why there are none."""
    return report(
        look,
        {
            "surges": surge.judged(look, found, missing),
            "friction": friction.answer(look),
            "journeys": journeys.answer(look),
            "releases": releases.answer(look),
            "surveys": surveys.answer(look),
            "operations": operations.answer(look, None),
        },
    )


def render(found: Found, notes: Sequence[str] = ()) -> str:
    """The page as text."""
    zone = ZoneInfo(found.time_zone)
    return _pages.get_template("report.html").render(
        app=found.app,
        since=clock(found.since.timestamp(), zone),
        until=clock(found.until.timestamp(), zone),
        time_zone=found.time_zone,
        simulated="simulated" in found.sources,
        surges=[_surge(found, one) for one in found.surges],
        calm=None if found.surges else {"words": no_surge(found), "plots": _plots(found, None)},
        complete=[(name, clock(ts.timestamp(), zone)) for name, ts in found.complete_through.items()],
        notes=notes,
        reservations=reservations(found),
        algorithm=found.surges[0].algorithm if found.surges else "",
        version=__version__,
        made=clock(datetime.now(UTC).timestamp(), zone),
    )


def _surge(found: Found, one: Surge) -> dict[str, Any]:
    story = tell(one, found)
    return {
        "story": story,
        "verdict": one.verdict,
        "facts": _facts(one),
        "plots": _plots(found, one),
        "table": _table(found, one),
    }


def _facts(surge: Surge) -> list[tuple[str, str, str]]:
    """Value, what it is, and its interval."""
    facts = [
        (
            f"+{surge.extra:.0f}",
            "contacts more than usual",
            f"{surge.extra_low:.0f} to {surge.extra_high:.0f}",
        ),
        (
            f"{surge.ratio:.1f}×" if surge.ratio else "–",
            "what this time usually brings",
            f"{surge.observed:.0f} instead of {few(surge.expected)}",
        ),
    ]
    if surge.lag_s is not None:
        spread = ""
        if surge.lag_low_s is not None and surge.lag_high_s is not None:
            spread = f"{surge.lag_low_s / 60:.0f} to {surge.lag_high_s / 60:.0f}"
        facts.append((f"{surge.lag_s / 60:.0f} min", "until contacts follow", spread))
    if surge.attributed is not None and surge.extra > 0:
        spread = ""
        if surge.attributed_low is not None and surge.attributed_high is not None:
            spread = f"{surge.attributed_low:.0f} to {surge.attributed_high:.0f} contacts"
        facts.append((f"{min(1.0, surge.attributed / surge.extra):.0%}", "of the surplus goes with it", spread))
    if surge.q is not None:
        facts.append((f"{surge.q:.2g}", "q: the share of false alarms among verdicts like this", ""))
    return facts


def _plots(found: Found, surge: Surge | None) -> dict[str, Markup]:
    # Our own drawing; the texts of others in it, page groups and names of elements, are escaped by its writer.
    return {name: Markup(svg) for name, svg in plots(found, surge).items()}  # noqa: S704 (drawn here, its texts escaped)


def _table(found: Found, surge: Surge) -> list[tuple[str, str]]:
    """The upper curve in numbers, for those who cannot see it."""
    contacts = total(found.grids.channels, len(found.grids.sessions))
    zone = ZoneInfo(found.time_zone)
    rows = []
    for ts in range(surge.start, min(surge.end, int(found.until.timestamp())), PER_BAR * STEP_S):
        at = (ts - found.grids.start) // STEP_S
        rows.append((clock(ts, zone), f"{contacts[at : at + PER_BAR].sum():.0f}"))
    return rows
