"""Templates to HTML: what others wrote is always escaped, and what is missing is an error."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from collector import __version__
from collector.web.charts import colours_css
from collector.web.format import clock
from collector.web.scope import SPANS, Scope
from collector.web.strings import T

NAVIGATION = ("surges", "friction", "journeys", "releases", "surveys", "operations")
"""The pages, in the order of a day: their template, their title in english.toml, their path."""


def static(name: str) -> str:
    """A file of ours beside the templates."""
    return files("collector.web").joinpath("static", name).read_text(encoding="utf-8")


def stylesheet() -> str:
    """The style sheet, with the colours of the charts."""
    return colours_css() + Markup(static("pages.css"))  # noqa: S704 (a file of ours, and no word of others in it)


environment = Environment(
    loader=PackageLoader("collector.web"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
environment.globals |= {"t": T, "version": __version__}


def page(name: str, scope: Scope, content: Mapping[str, Any], **frame: Any) -> str:
    """A page of a running collector."""
    defaults = {"nonce": "", "user": "", "csrf": "", "form_action": "", "saved": False}
    return environment.get_template("page.html").render(
        {**defaults, **_frame(scope), "name": name, "in_report": False, **frame, "page": content}
    )


def report(scope: Scope, pages: Mapping[str, Mapping[str, Any]], notes: Sequence[str] = ()) -> str:
    """All pages as one file that needs nothing else."""
    frame = {**_frame(scope), "name": "", "in_report": True, "nonce": "", "csrf": "", "user": ""}
    return environment.get_template("report.html").render(
        {**frame, "css": stylesheet(), "pages": pages, "notes": notes}
    )


def plain(name: str, **given: Any) -> str:
    """A page that needs no store: log in, or what went wrong."""
    return environment.get_template(f"{name}.html").render(nonce="", **given)


def _frame(scope: Scope) -> dict[str, Any]:
    return {
        "scope": scope,
        "navigation": NAVIGATION,
        "spans": SPANS,
        "since": clock(scope.start, scope.zone),
        "until": clock(scope.end, scope.zone),
        "time_zone": scope.settings.time_zone,
        "simulated": "simulated" in scope.sources,
        "notes": (),
        "made": clock(scope.now, scope.zone),
    }
