"""What was seen beside the script: plain values, filled in by `watching`, judged by `verdict`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from collector.events import AnyEvent, Friction

DEGRADING = frozenset(
    {
        "unexpected_dialog",
        "unexpected_popup",
        "page_error",
        "error_click",
        "failed_action",
        "error_page",
        "blank_page",
        "rage_click",
        "dead_click",
        "unresponsive_ui",
        "load_never_fired",
        "slow_step",
    }
)
"""Friction that degrades a run, what explains most first. The other kinds judge how people hesitate, return, refill and
give up: a script that does so was written to."""

ORDER = (
    "unexpected_dialog", "unexpected_popup", "page_error", "error_page", "blank_page", "error_click", "failed_action",
    "rage_click", "dead_click", "unresponsive_ui", "load_never_fired", "slow_step",
)  # fmt: skip


@dataclass(slots=True)
class Document:
    """One document that the main frame of a page asked for."""

    url: str
    step: int
    """Index of the step that was open; -1: none."""
    status: int = 0
    """HTTP status; 0: not answered yet, or never."""
    error: str = ""
    """The net:: error that ended it."""


@dataclass(slots=True)
class Failed:
    """A request of the page, other than a document, that failed."""

    what: str
    """Method, host and path."""
    step: int
    status: int = 0
    error: str = ""
    first_party: bool = True
    essential: bool = True
    """Asked for by the site's code, not a picture or a font."""


@dataclass(slots=True)
class Seen:
    """Everything that happened beside the script in one attempt."""

    documents: list[Document] = field(default_factory=list)
    failed: list[Failed] = field(default_factory=list)
    events: list[tuple[AnyEvent, int]] = field(default_factory=list)
    """Events of the runner and the agent, each with the index of its step; -1: none."""
    downloads: list[str] = field(default_factory=list)
    console: list[str] = field(default_factory=list)
    crash: str = ""
    """How a page's process was lost: "killed", "crashed", "oom"; "" if none was."""
    lost: bool = False
    """The browser itself was lost."""
    hung: str = ""
    """What did not answer any more at the end: "page", "frozen" (a page's process was stopped), "browser"."""
    deadline: bool = False
    peak_rss_mb: int = 0
    """The biggest process of a page."""
    memory_limit_mb: int = 0
    over_memory: bool = False
    spinner: bool = False
    """At the end the page still said that it was at work."""
    certificate_until: float = 0
    """When the certificate of the first document expires, s since 1970."""

    @property
    def waiting_for(self) -> Document | None:
        """The document that is asked for and not answered."""
        last = self.documents[-1] if self.documents else None
        return last if last and not last.status and not last.error else None


def is_degrading(event: AnyEvent, allow: frozenset[str]) -> bool:
    """Whether a visitor would have felt it, and the site is to blame: noise is evidence, not a verdict."""
    if not isinstance(event, Friction):
        return False
    kind = str(event.__struct_config__.tag)
    if kind not in DEGRADING or kind in allow or not event.first_party:
        return False
    if kind == "error_page" and "http_error" in allow:
        return False
    if event.error_source in ("console", "csp"):
        return False
    # A picture that is missing is a blemish; the site's own script that is missing is not.
    return not (kind == "page_error" and event.error_source == "resource" and event.error_type != "script")


def is_first_party(url: str, sites: Sequence[str]) -> bool:
    """Whether `url` belongs to one of the hosts: the same, or one that shares its last two labels.

    >>> is_first_party("https://api.shop.example/x", ["www.shop.example"])
    True
    >>> is_first_party("http://127.0.0.2/x", ["127.0.0.1"])
    False
    """
    return site(urlsplit(url).hostname or "") in {site(host) for host in sites}


def site(host: str) -> str:
    """The last two labels of a name, an address in full."""
    return host if host[-1:].isdigit() or ":" in host else ".".join(host.split(".")[-2:])


def place(url: str) -> str:
    """Host and path of an address: queries may carry what nobody should read."""
    parts = urlsplit(url)
    return f"{parts.netloc.rpartition('@')[2]}{parts.path}"[:200] if parts.netloc else url[:200].partition("?")[0]
