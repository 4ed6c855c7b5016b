"""What is observed beside the script: requests, pages, dialogs and our own agent's events, as plain values."""

from __future__ import annotations

import functools
import json
import logging
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import msgspec

from collector.events import AnyEvent, Beacon, Friction, UnexpectedDialog, UnexpectedPopup
from collector.scrub import owner
from synthetic.journey import Journey, Step
from synthetic.page_errors import PageErrors

log = logging.getLogger(__name__)

MOST = 200
"""Of one kind of thing in one attempt; a storm of more says nothing more."""

BLEMISHES = frozenset({"image", "font", "media", "stylesheet", "texttrack", "manifest", "ping", "other"})
"""What a page asks for and a visitor can do without. A missing style is ugly, and the visitor goes on."""

_decoder = msgspec.json.Decoder(Beacon)


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
class FailedRequest:
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
class Observations:
    """Everything that happened beside the script in one attempt."""

    documents: list[Document] = field(default_factory=list)
    failed: list[FailedRequest] = field(default_factory=list)
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
    waiting_at: str = ""
    """The line of the script that was under way when its time was over."""
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
    """Whether `url` belongs to the owner of one of the hosts, by the list of public suffixes.

    >>> is_first_party("https://api.shop.example/x", ["www.shop.example"])
    True
    >>> is_first_party("https://cdn.other.co.uk/x", ["www.shop.co.uk"])
    False
    >>> is_first_party("http://127.0.0.2/x", ["127.0.0.1"])
    False
    """
    return owner(urlsplit(url).hostname or "") in {owner(host) for host in sites}


def place(url: str) -> str:
    """Host and path of an address: queries may carry what nobody should read."""
    parts = urlsplit(url)
    return f"{parts.netloc.rpartition('@')[2]}{parts.path}"[:200] if parts.netloc else url[:200].partition("?")[0]


class Observer:
    """One context under watch. Handlers are plain functions: they serve Playwright's sync and async API alike."""

    def __init__(self, journey: Journey, seen: Observations, base_url: str) -> None:
        self.journey = journey
        self.seen = seen
        self.beacons: list[Beacon] = []
        self.first_parties = [host] if (host := urlsplit(base_url).hostname) else []
        self.dropped = 0
        self.over = False
        """The script has ended: what closing calls off is no fault."""
        self.secure: Any = None
        """The first answer over TLS, which knows the certificate."""
        self._documents: dict[Any, Document] = {}
        self.lost: Callable[[], None] = lambda: None
        """Told once when the page cannot go on."""
        self.answer: Callable[[Any, bool], Any] = lambda dialog, accept: None
        """How a dialog is answered: the sync and the async API differ in it."""
        self._errors = PageErrors()
        self._ours: Counter[tuple[int, str]] = Counter()

    def watch(self, context: Any) -> None:
        """Listen to everything that says how it goes."""
        self.listen(context, "request", self._request)
        self.listen(context, "response", self._response)
        self.listen(context, "requestfailed", self._request_failed)
        self.listen(context, "page", self._page)
        self.listen(context, "dialog", self._dialog)
        self.listen(context, "weberror", self._web_error)

    def listen(self, to: Any, event: str, handler: Callable[..., Any]) -> None:
        """Listen on the runner's behalf: what else listens is the script, which then expects what it hears."""
        self._ours[id(to._impl_obj), event] += 1
        to.on(event, handler)

    def _expected(self, of: Any, event: str) -> bool:
        return _listeners(of, event) > self._ours[id(of._impl_obj), event]

    def settle(self) -> None:
        """At the end: join what the browser told of errors with what the agent told."""
        self.seen.events, self.beacons = self._errors.settle(self.seen.events, self.beacons)
        self.dropped += self._errors.dropped

    # --- requests

    def _index(self) -> int:
        here = self.journey.current
        return here.index if here else -1

    def _request(self, request: Any) -> None:
        if not request.is_navigation_request() or not _is_main(request):
            return
        if not self.first_parties and (host := urlsplit(request.url).hostname):
            self.first_parties = [host]
        if (before := request.redirected_from) and (document := self._documents.pop(before, None)):
            document.url, document.status = request.url, 0
        else:
            document = Document(request.url, self._index())
            self.seen.documents.append(document)
            del self.seen.documents[1:-MOST]  # the first one and the latest
        self._documents[request] = document

    def _response(self, response: Any) -> None:
        if document := self._documents.get(response.request):
            document.status = response.status
            if not self.secure and response.url.startswith("https:"):
                self.secure = response
        elif response.status >= 400:
            self._failed(response.request, status=response.status)

    def _request_failed(self, request: Any) -> None:
        if self.over:
            return
        error = request.failure or ""
        if document := self._documents.get(request):
            document.error = error
        elif "ERR_ABORTED" not in error:  # a page that is left calls off what it had asked for
            self._failed(request, error=error)

    def _failed(self, request: Any, status: int = 0, error: str = "") -> None:
        if len(self.seen.failed) >= MOST:
            self.dropped += 1
            return
        self.seen.failed.append(
            FailedRequest(
                f"{request.method} {place(request.url)}",
                self._index(),
                status,
                error,
                first_party=is_first_party(request.url, self.first_parties),
                essential=request.resource_type not in BLEMISHES,
            )
        )

    # --- pages

    def _page(self, page: Any) -> None:
        self.listen(page, "crash", self._crash)
        self.listen(page, "download", self._download)
        self.listen(page, "popup", lambda popup: self._popup(page, popup))

    def _download(self, download: Any) -> None:
        if len(self.seen.downloads) < MOST:
            self.seen.downloads.append(download.suggested_filename[:100])

    def _web_error(self, error: Any) -> None:
        here = self.journey.current
        at_ms, step = int(self.journey.clock() * 1000), here.name[:64] if here else ""
        self._errors.hear(error, self._index(), at_ms, self.journey.definition.name, step, self._is_ours)

    def _is_ours(self, url: str) -> bool:
        return not url.startswith("http") or is_first_party(url, self.first_parties)

    def _crash(self, page: Any) -> None:
        self.seen.crash = self.seen.crash or "killed"
        self.lost()

    def _popup(self, opener: Any, popup: Any) -> None:
        # A script that waits for the window (`page.expect_popup`) or listens for it has expected it.
        if self._expected(opener, "popup") or self._expected(opener.context, "page"):
            return
        self._event(UnexpectedPopup, place(popup.url) if popup.url else "")

    def _dialog(self, dialog: Any) -> None:
        page = dialog.page
        if page and (self._expected(page, "dialog") or self._expected(page.context, "dialog")):
            return  # the script answers it itself
        self._event(UnexpectedDialog, f"{dialog.type}: {dialog.message}" if dialog.message else dialog.type)
        self.answer(dialog, dialog.type == "beforeunload")  # to dismiss that one would keep us on the page for ever

    def _event(self, cls: type[UnexpectedDialog] | type[UnexpectedPopup], message: str) -> None:
        if len(self.seen.events) >= MOST:
            self.dropped += 1
            return
        here = self.journey.current
        event = cls(
            event_id=uuid4(),
            client_ts=int(self.journey.clock() * 1000),
            journey=self.journey.definition.name,
            step=here.name[:64] if here else "",
            error_message=message[:200],
        )
        self.seen.events.append((event, self._index()))

    def note(self, event: AnyEvent, step: Step | None) -> None:
        """Take in an event that the runner found by itself."""
        self.seen.events.append((event, step.index if step else -1))

    # --- the agent

    def hear(self, source: Any, body: str) -> None:
        """Take in a beacon of the agent, each event put into the step during which it happened."""
        try:
            beacon = _decoder.decode(body)
        except msgspec.DecodeError as error:
            self.dropped += 1
            log.warning("a beacon of the agent is not one: %s", error)
            return
        if len(self.beacons) >= MOST:
            self.dropped += 1
            return
        events: list[AnyEvent] = []
        for event in beacon.events:
            step = during(event.client_ts, self.journey.steps)
            named = step.name[:64] if step else ""
            events.append(msgspec.structs.replace(event, journey=self.journey.definition.name, step=named))
            index = step.index if step else -1
            # A burst that goes on is told again with the same id: the later word holds.
            known = [i for i, (e, _) in enumerate(self.seen.events) if e.event_id == event.event_id]
            if known:
                self.seen.events[known[0]] = (events[-1], self.seen.events[known[0]][1])
            else:
                self.seen.events.append((events[-1], index))
        self.beacons.append(msgspec.structs.replace(beacon, events=events))


def during(ts: int, steps: list[Step]) -> Step | None:
    """The step that had begun last at `ts`, ms since 1970."""
    return next((step for step in reversed(steps) if step.started_ts <= ts), None)


def agent_script(hook: dict[str, str], tail: str = "") -> str:
    """What is put into every page before its own scripts.

    The site's own copy of the agent, if it has one, then finds ours in place and stays still.
    """
    given = json.dumps(hook)
    return f"window.__snag = Object.assign({{send: (body) => window.__snagSend(body)}}, {given});\n{_agent()}\n{tail}"


@functools.cache
def _agent() -> str:
    return files("collector").joinpath("static", "agent.js").read_text(encoding="utf-8")


def _is_main(request: Any) -> bool:
    try:
        return request.frame.parent_frame is None
    except Exception:  # a window that is only just opening has no frame yet: its document is a main one
        return True


def _listeners(of: Any, event: str) -> int:
    """How many listen for `event`. Playwright has no public word for it, though it asks the same way itself."""
    return len(of._impl_obj.listeners(event))
