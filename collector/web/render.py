"""Templates to HTML: what others wrote is always escaped, and what is missing is an error."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from collector import __version__
from collector.web.format import clock
from collector.web.scope import SPANS, Look
from collector.web.strings import T

NAVIGATION = ("surges", "friction", "journeys", "releases", "surveys", "operations")
"""The pages, in the order of a day: their template, their title in english.toml, their path."""


def static(name: str) -> str:
    """A file of ours beside the templates."""
    return files("collector.web").joinpath("static", name).read_text(encoding="utf-8")


# Our own file, and no word of others in it.
_CSS = Markup(static("pages.css"))  # noqa: S704 (a file of ours)

environment = Environment(
    loader=PackageLoader("collector.web"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
environment.globals |= {"t": T, "version": __version__, "css": _CSS}


def page(name: str, look: Look, found: dict[str, Any], **more: Any) -> str:
    """A page of a running collector."""
    frame = {"nonce": "", "user": "", "csrf": "", "form_action": "", "saved": False}
    return environment.get_template(f"{name}.html").render(
        {**frame, **_frame(look), "name": name, "in_report": False, **more, "found": found}
    )


def report(look: Look, pages: dict[str, dict[str, Any]]) -> str:
    """All pages as one file that needs nothing else."""
    return environment.get_template("pages_report.html").render(
        {**_frame(look), "name": "", "in_report": True, "nonce": "", "csrf": "", "user": "", "pages": pages}
    )


def plain(name: str, **given: Any) -> str:
    """A page that asks no store: log in, or what went wrong."""
    return environment.get_template(f"{name}.html").render(nonce="", **given)


def _frame(look: Look) -> dict[str, Any]:
    return {
        "look": look,
        "navigation": NAVIGATION,
        "spans": SPANS,
        "since": clock(look.start, look.zone),
        "until": clock(look.end, look.zone),
        "time_zone": look.settings.time_zone,
        "simulated": "simulated" in look.sources,
        "made": clock(look.now, look.zone),
    }
