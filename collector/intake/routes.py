"""The public port: POST /v1/beacons, GET /agent.js and the other built scripts, and nothing else.

One beacon's way: path, length, sender's limit, unpacking, decoding, site and origin, site's limit, then the queue; it
is answered when the queue has it on disk.
"""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from collector.events import Beacon, Edge, kind_of
from collector.intake import responses
from collector.intake.agent_scripts import Script, scripts
from collector.intake.apps import App, Apps
from collector.intake.client_info import Visitors, browser
from collector.intake.decode import BadBeacon, decode, queued, skew_ms
from collector.intake.decompress import MAX_WIRE_BYTES, unpack
from collector.intake.dedupe import Seen, key_of
from collector.intake.foreign.routes import Way, ways
from collector.intake.http import Request
from collector.intake.limits import Buckets, retry_after
from collector.intake.load_shedding import shed
from collector.intake.responses import Answer, cors
from collector.privacy.redact import redact
from collector.spool import Full
from collector.telemetry import Counts
from collector.telemetry.outward import Outward

log = logging.getLogger(__name__)

RETRY_S = 30
OVERLOAD_RETRY_S = 2

BEACONS = b"/v1/beacons"

BURST_S = 60
"""A bucket holds what may come in so many seconds: pages are opened in bursts."""

TYPES = frozenset(
    (
        b"",
        b"text/plain",
        b"application/json",
        b"application/octet-stream",
        b"application/x-www-form-urlencoded",
    )
)
"""What the agent, other senders and `curl -d` say of a beacon."""

STATUS = {
    "too_large": 413, "encoding": 415, "content_type": 415, "unknown_app": 403, "origin": 403,
}  # fmt: skip
"""Everything else that is wrong with a beacon is a 400."""

STRIPPED = ("page_group", "route", "error_place")
"""Fields that may come from an address: what stands behind a question mark there may name a person."""

REDACTED = (
    "page_group",
    "target",
    "target_name",
    "error_message",
    "error_place",
    "route",
    "step",
    "touchpoint",
)
"""Texts that are looked through where a beacon has an @ in it."""

TOLD_A_MINUTE = 5
"""Refusals for one reason that are written to the log; all of them are counted."""

_PREFLIGHT = (
    b"Access-Control-Allow-Methods: POST\r\nAccess-Control-Allow-Headers: content-type, content-encoding\r\n"
    b"Access-Control-Max-Age: 86400\r\n"
)
_FOREIGN_PREFLIGHT = (
    b"Access-Control-Allow-Methods: POST\r\nAccess-Control-Allow-Headers: content-type, content-encoding, "
    b"idempotency-key, x-faro-session-id, x-api-key, x-scope-orgid, authorization, traceparent, tracestate\r\n"
    b"Access-Control-Max-Age: 86400\r\n"
)
"""What the SDKs of others set by themselves or by their documentation."""


class Queue(Protocol):
    """Where accepted beacons go."""

    max_bytes: int

    @property
    def held_bytes(self) -> int:
        """How much of `max_bytes` is in use."""

    def enqueue(self, line: bytes, done: Callable[[Exception | None], None]) -> None:
        """Keep one line; `done` hears None when it would survive a power cut, or Full or SpoolFailed. Raises Full."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What this collector takes from whom. The defaults take everything."""

    apps: Apps = field(default_factory=Apps)
    visitors: Visitors = field(default_factory=lambda: Visitors(()))
    country: Callable[[str], str] = lambda network: ""
    address_events_per_s: float = 0.0
    """Events from one range of addresses for one site in the long run; 0: no limit."""
    foreign: frozenset[str] = frozenset()
    """Agents of others that are taken, of collector.intake.foreign.AGENTS."""
    links: bool = True
    """Whether visitors who agreed to it may be linked to their contacts; False: nobody is."""


class Intake:
    """What is behind the public port (`http.Door`), with everything it needs passed in."""

    def __init__(
        self,
        queue: Queue,
        counts: Counts,
        rules: Rules | None = None,
        *,
        clock: Callable[[], float] = time.time,
        chance: random.Random | None = None,
        served: Mapping[str, Script] | None = None,
        outward: Outward | None = None,
    ) -> None:
        self._queue = queue
        self._outward = outward
        self._counts = counts
        self._rules = rules or Rules()
        self._clock = clock
        self._chance = chance or random.Random()  # noqa: S311 (spreads retries, no secret)
        self._scripts = scripts() if served is None else served
        self._foreign = {way.path: way for way in ways(self._rules.foreign)}
        self._seen = Seen(clock)
        browser("")  # reads its rules, which is nothing for the first visitor to wait for
        self._told: dict[str, int] = {}
        self._told_minute = 0
        rate = self._rules.address_events_per_s
        self._senders = Buckets(rate, rate * BURST_S, clock) if rate else None
        self._sites = {
            name: Buckets(app.events_per_s, app.events_per_s * BURST_S, clock)
            for name, app in self._rules.apps.registered.items()
            if app.events_per_s
        }

    # http.Door

    def most_bytes(self) -> int:
        """How long a body may be."""
        return MAX_WIRE_BYTES

    def refused(self, method: bytes, url: bytes, headers: dict[bytes, bytes]) -> Answer | None:
        """A body that nobody will look at need not come."""
        path = url.partition(b"?")[0]
        way = self._foreign.get(path)
        if way or path == BEACONS:
            if method == b"POST":
                kind = _content_type(headers)
                if way:
                    if kind not in way.types:
                        known = b" or ".join(way.types).decode()
                        return self._refuse("content_type", f"Content-Type is not {known}")
                elif kind not in TYPES and not kind.endswith(b"+json"):
                    return self._refuse(
                        "content_type",
                        "Content-Type is not one of a beacon's: text/plain or application/json",
                    )
                return None
            if method == b"OPTIONS":
                return None
            return responses.text(405, "beacons come by POST", b"Allow: POST, OPTIONS\r\n")
        if path.decode("latin-1") in self._scripts:
            return None if method in (b"GET", b"HEAD") else responses.text(405, "GET it", b"Allow: GET, HEAD\r\n")
        return responses.text(404, "there is nothing here")

    def answer(self, request: Request, done: Callable[[Answer], None]) -> None:
        """Answer one request that `refused` let through."""
        if request.method == b"POST":
            try:
                if way := self._foreign.get(request.url.partition(b"?")[0]):
                    self._take_foreign(way, request, done)
                else:
                    self._take(request, done)
            except BadBeacon as error:
                done(self._refuse(error.reason, str(error), error.place, request.headers.get(b"origin")))
            except Exception:
                # Ours, not theirs: they hear nothing of it and come back; nothing of the beacon is in it.
                log.exception("a beacon could not be taken: a defect of the collector")
                done(self._later("defect", "the collector failed", OVERLOAD_RETRY_S, request.headers.get(b"origin")))
        elif request.method == b"OPTIONS":
            foreign = request.url.partition(b"?")[0] in self._foreign
            allowed = _FOREIGN_PREFLIGHT if foreign else _PREFLIGHT
            done(Answer(204, cors(request.headers.get(b"origin")) + allowed))
        else:
            path, _, query = request.url.decode("latin-1").partition("?")
            accepted, known = (
                request.headers.get(name, b"").decode("latin-1") for name in (b"accept-encoding", b"if-none-match")
            )
            done(self._scripts[path].answer(query, accepted, known))

    def turned_away(self, status: int, reason: str, message: str) -> Answer:
        """What went wrong before there was a request."""
        if status == 503:
            return self._later(reason, message, OVERLOAD_RETRY_S, None)
        return self._count_refused(status, reason, message, "", None)

    # Our own

    def _take(self, request: Request, done: Callable[[Answer], None]) -> None:
        packed = b"content-encoding" in request.headers
        beacon = decode(_unpacked(request), _app_in(request.url))
        self._admit(
            beacon,
            request,
            done,
            addresses=packed or b"?" in request.body,
            persons=packed or b"@" in request.body,
        )

    def _take_foreign(self, way: Way, request: Request, done: Callable[[Answer], None]) -> None:
        """What an agent of others sent: taken as a whole, answered when all of it is on disk."""
        origin = request.headers.get(b"origin")
        kind = _content_type(request.headers)
        found = way.read(_unpacked(request), kind.decode("latin-1"), _app_in(request.url), int(self._clock() * 1000))
        for beacon in found.beacons:
            self._site(beacon.app, origin)
        taken = Answer(way.status, cors(origin) + b"Content-Type: " + kind + b"\r\n", way.body(kind))
        owed = len(found.beacons)
        refused: list[Answer] = []

        def one(answer: Answer) -> None:
            nonlocal owed
            owed -= 1
            if answer.status != 204:
                refused.append(answer)
            if owed <= 0:
                if not refused:
                    for reason, events in found.left_out.items():
                        self._counts.add("snag_foreign_events_left_out", reason, events)
                done(refused[0] if refused else taken)

        if not owed:
            self._counts.add("snag_collector_beacons", "accepted")
            one(Answer(204))
        for beacon in found.beacons:
            try:
                self._admit(beacon, request, one, addresses=True, persons=True)
            except BadBeacon as error:
                one(self._refuse(error.reason, str(error), error.place, origin))

    def _admit(
        self,
        beacon: Beacon,
        request: Request,
        done: Callable[[Answer], None],
        *,
        addresses: bool,
        persons: bool,
    ) -> None:
        """Take a beacon that was understood. `addresses`, `persons`: whether there may be a query or an @ in it."""
        began = time.perf_counter()
        since_ns = time.time_ns()
        now = self._clock()
        headers = request.headers
        origin = headers.get(b"origin")
        network = self._rules.visitors.network(request.peer, headers.get(b"x-forwarded-for", b"").decode("latin-1"))
        app = self._site(beacon.app, origin)
        if (limited := self._limited(beacon, network)) is not None:
            reason, what, wait_s = limited
            done(self._later(reason, f"this {what} sends more events than it may", wait_s, origin, status=429))
            return
        key = key_of(beacon)
        if key in self._seen:
            self._counts.add("snag_collector_beacons", "duplicate")
            done(Answer(204, cors(origin)))
            return
        if app.sample < 1 and beacon.traffic_source == "rum" and not _sampled(beacon, app.sample):
            self._counts.add("snag_collector_beacons", "accepted")
            self._counts.add("snag_collector_events_dropped", "sampled", len(beacon.events))
            done(Answer(204, cors(origin)))
            return
        self._shed(beacon)
        if addresses:
            _strip(beacon)
        if persons:
            _redact(beacon)
        if beacon.consent == "full" and not self._linkable(headers):
            beacon.consent = "measurement"
        kinds = [kind_of(event) for event in beacon.events]
        edge = self._edge(beacon, headers, network, now)
        outward, passage = self._outward, None
        if outward is not None:
            passage = outward.begin(beacon.app, len(kinds), headers.get(b"traceparent", b""), since_ns)
        line = queued(beacon, edge, passage.trace if passage else "")

        def kept(error: Exception | None) -> None:
            if passage is not None:
                passage.end(error)
            if error is None:
                if outward is not None:
                    outward.tell(beacon, edge.skew_ms, edge.is_bot)
                self._seen.add(key)
                self._counts.add("snag_collector_beacons", "accepted")
                self._counts.add_each("snag_collector_events", kinds)
                for reason, events in beacon.dropped.items():
                    self._counts.add("snag_agent_events_dropped", reason, events)
                self._counts.observe("snag_collector_request_duration_seconds", time.perf_counter() - began)
                self._counts.observe("snag_collector_request_bytes", len(request.body))
                done(Answer(204, cors(origin)))
            else:
                done(self._full(error, origin))

        try:
            self._queue.enqueue(line, kept)
        except Full as error:
            if passage is not None:
                passage.end(error)
            done(self._full(error, origin))

    def _linkable(self, headers: dict[bytes, bytes]) -> bool:
        """Neither the profile nor the browser says no (Global Privacy Control, Do Not Track); the agent asks the same."""
        return self._rules.links and b"1" not in (headers.get(b"sec-gpc"), headers.get(b"dnt"))

    def _limited(self, beacon: Beacon, network: str) -> tuple[str, str, float] | None:
        """Why this sender has to wait, in one word and in three, and how long; None if it need not."""
        site = self._sites.get(beacon.app)
        if site and (wait_s := site.wait_s(beacon.app)):
            return "app_limit", "site", wait_s
        sender = (beacon.app, network)
        if self._senders and not network.startswith("127.") and network != "::":  # this machine is no visitor
            if wait_s := self._senders.wait_s(sender):
                return "address_limit", "range of addresses", wait_s
            self._senders.take(sender, len(beacon.events))
        if site:
            site.take(beacon.app, len(beacon.events))
        return None

    def _site(self, name: str, origin: bytes | None) -> App:
        app = self._rules.apps.get(name)
        if app is None:
            raise BadBeacon("unknown_app", f"app '{name}' is not registered here", f"app {name}")
        if origin and not app.allows(origin.decode("latin-1")):
            raise BadBeacon(
                "origin",
                f"pages at this origin may not send for app '{name}'",
                f"app {name}, origin {origin[:100].decode('latin-1')!a}",
            )
        return app

    def _edge(self, beacon: Beacon, headers: dict[bytes, bytes], network: str, now: float) -> Edge:
        received_ts = int(now * 1000)
        agent = browser(headers.get(b"user-agent", b"").decode("latin-1"))
        if beacon.device == "unknown":
            beacon.device = agent.device
        return Edge(
            received_ts=received_ts,
            skew_ms=skew_ms(beacon.sent_ts, received_ts),
            country=self._rules.country(network),
            browser_family=agent.family,
            # A journey's browser says that it is steered; that is no secret and no stranger.
            is_bot=agent.is_bot and beacon.traffic_source == "rum",
        )

    def _shed(self, beacon: Beacon) -> None:
        """Leave out what goes first while the queue fills up. Raises BadBeacon when nothing would be left."""
        kinds = shed(self._queue.held_bytes / self._queue.max_bytes)
        if not kinds:
            return
        left = [event for event in beacon.events if kind_of(event) not in kinds]
        if left:
            self._counts.add("snag_collector_events_dropped", "shed", len(beacon.events) - len(left))
            beacon.events = left
        else:
            raise BadBeacon("shed", "the queue is nearly full, and takes what stops people first")

    def _full(self, error: Exception, origin: bytes | None) -> Answer:
        reason = "spool_full" if isinstance(error, Full) else "spool_failed"
        # Where the queue lies is nothing for strangers.
        return self._later(
            reason, "the queue is full" if reason == "spool_full" else "the queue failed", RETRY_S, origin
        )

    def _later(self, reason: str, message: str, seconds: float, origin: bytes | None, *, status: int = 503) -> Answer:
        wait = f"Retry-After: {retry_after(seconds, self._chance)}\r\n".encode()
        return self._count_refused(status, reason, message, "", origin, wait)

    def _refuse(self, reason: str, message: str, place: str = "", origin: bytes | None = None) -> Answer:
        if reason == "shed":
            return self._later(reason, message, RETRY_S, origin)
        return self._count_refused(STATUS.get(reason, 400), reason, message, place, origin)

    def _count_refused(
        self, status: int, reason: str, message: str, place: str, origin: bytes | None, head: bytes = b""
    ) -> Answer:
        self._counts.add("snag_collector_beacons", "refused")
        self._counts.add("snag_collector_beacons_refused", reason)
        self._tell(reason, place)
        return responses.text(status, message, cors(origin) + head)

    def _tell(self, reason: str, place: str) -> None:
        """One line, with nothing in it that a stranger chose but the name of a site or an origin."""
        minute = int(self._clock() // 60)
        if minute != self._told_minute:
            self._told, self._told_minute = {}, minute
        told = self._told[reason] = self._told.get(reason, 0) + 1
        if told < TOLD_A_MINUTE:
            log.info("refused a beacon (%s)%s", reason, f": {place}" if place else "")
        elif told == TOLD_A_MINUTE:
            log.info("refused a beacon (%s); more of them this minute are only counted", reason)


def _unpacked(request: Request) -> bytes:
    return unpack(request.body, request.headers.get(b"content-encoding", b"").decode("latin-1"))


def _content_type(headers: dict[bytes, bytes]) -> bytes:
    return headers.get(b"content-type", b"").partition(b";")[0].strip().lower()


def _app_in(url: bytes) -> str:
    for pair in url.partition(b"?")[2].split(b"&"):
        name, _, value = pair.partition(b"=")
        if name == b"app":
            return value.decode("latin-1")
    return ""


def _sampled(beacon: Beacon, share: float) -> bool:
    """By the session's id, so that a visit is kept or left as a whole, on every worker."""
    return (beacon.session_id.int * 0x9E3779B97F4A7C15 >> 20) % 2**32 < share * 2**32


def _redact(beacon: Beacon) -> None:
    """The agent sends no addresses; what a site names its pages, elements and errors by may hold one all the same."""
    for event in beacon.events:
        for name in REDACTED:
            if "@" in (value := getattr(event, name, "")):
                setattr(event, name, redact(value))


def _strip(beacon: Beacon) -> None:
    for event in beacon.events:
        for name in STRIPPED:
            if "?" in (value := getattr(event, name, "")):
                setattr(event, name, value.partition("?")[0])
