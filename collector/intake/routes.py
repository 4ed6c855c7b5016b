"""Routes of the public port: POST /v1/beacons, GET /agent.js and the other built scripts, and nothing else.

A beacon passes: route, body size, decompression, decoding, the steps of `admission`, the queue. It is answered when
the queue has it on disk.
"""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable, Mapping
from typing import Protocol

from collector.events import Beacon
from collector.intake import limits, responses
from collector.intake.admission import UNKNOWN, Context, Memory, Policy, Refused, admit, site
from collector.intake.agent_scripts import Script, scripts
from collector.intake.client_info import browser
from collector.intake.decode import BadBeacon, decode, queued
from collector.intake.decompress import CannotDecompress, decompress
from collector.intake.foreign.routes import Route, routes
from collector.intake.http import Request
from collector.intake.responses import Answer, cors
from collector.logs import Limited
from collector.spool import Full
from collector.spool.line import Note
from collector.telemetry import Counts
from collector.telemetry.outward import Outward

log = logging.getLogger(__name__)

BEACONS = "/v1/beacons"

TYPES = frozenset(
    (
        "",
        "text/plain",
        "application/json",
        "application/octet-stream",
        "application/x-www-form-urlencoded",
    )
)
"""Content-Types of the agent, of other senders and of `curl -d`."""

STATUS = {"too_large": 413, "encoding": 415, "content_type": 415}
"""Everything else that is wrong with a body is a 400."""

_PREFLIGHT = (
    "Access-Control-Allow-Methods: POST\r\nAccess-Control-Allow-Headers: content-type, content-encoding{more}\r\n"
    "Access-Control-Max-Age: {seconds}\r\n"
)
_FOREIGN_HEADERS = (
    ", idempotency-key, x-faro-session-id, x-api-key, x-scope-orgid, authorization, traceparent, tracestate"
)
"""Headers that other vendors' SDKs set by themselves or by their documentation."""


class Queue(Protocol):
    """Where accepted beacons go."""

    max_bytes: int

    @property
    def held_bytes(self) -> int:
        """How much of `max_bytes` is in use."""

    def enqueue(self, payload: bytes, done: Callable[[Exception | None], None], note: Note) -> None:
        """Queue `payload`; call `done` with None when it would survive a power cut, else with the error. Raises Full."""


class Intake:
    """Handler of the public port, with everything it needs passed in."""

    def __init__(
        self,
        queue: Queue,
        counts: Counts,
        policy: Policy | None = None,
        *,
        clock: Callable[[], float] = time.time,
        chance: random.Random | None = None,
        served: Mapping[str, Script] | None = None,
        outward: Outward | None = None,
    ) -> None:
        self._queue = queue
        self._outward = outward
        self._counts = counts
        self._policy = policy or Policy()
        self._memory = Memory(self._policy, clock)
        self._clock = clock
        self._chance = chance or random.Random()  # noqa: S311 (spreads retries, no secret)
        self._scripts = scripts() if served is None else served
        self._foreign = {route.path: route for route in routes(self._policy.foreign)}
        self._limited = Limited(log, clock)
        browser("")  # loads its rules, or the first visitor would wait for it

    # http.Handler

    def refused(self, method: str, url: str, headers: Mapping[str, str]) -> Answer | None:
        """Return why the body of such a request is not worth reading; None if it is."""
        path = url.partition("?")[0]
        foreign = self._foreign.get(path)
        if foreign or path == BEACONS:
            if method == "POST":
                kind = _content_type(headers)
                if foreign:
                    if kind not in foreign.types:
                        return self._reject(
                            "content_type", f"Content-Type: not accepted; expected {' or '.join(foreign.types)}"
                        )
                elif kind not in TYPES and not kind.endswith("+json"):
                    return self._reject(
                        "content_type", "Content-Type: not accepted; expected text/plain or application/json"
                    )
                return None
            if method == "OPTIONS":
                return None
            return responses.text(405, "method not allowed; expected POST", b"Allow: POST, OPTIONS\r\n")
        if path in self._scripts:
            if method in ("GET", "HEAD"):
                return None
            return responses.text(405, "method not allowed; expected GET", b"Allow: GET, HEAD\r\n")
        return responses.text(404, "not found")

    def answer(self, request: Request, done: Callable[[Answer], None]) -> None:
        """Answer one request that `refused` let through."""
        path, _, query = request.url.partition("?")
        origin = request.headers.get("origin")
        if request.method == "POST":
            try:
                if foreign := self._foreign.get(path):
                    self._take_foreign(foreign, request, query, done)
                else:
                    self._take(request, query, done)
            except (BadBeacon, CannotDecompress) as error:
                done(self._reject(error.reason, str(error), getattr(error, "place", ""), origin))
            except Exception:
                # Our defect, not the sender's, who only hears to retry later. Nothing of the beacon is in the log.
                self._limited(logging.ERROR, "defect", "Cannot accept a beacon: a defect of the collector", trace=True)
                done(self._later("defect", "the collector failed", limits.OVERLOAD_RETRY_S, origin))
        elif request.method == "OPTIONS":
            more = _FOREIGN_HEADERS if path in self._foreign else ""
            allowed = _PREFLIGHT.format(more=more, seconds=limits.PREFLIGHT_S).encode()
            done(Answer(204, cors(origin) + allowed))
        else:
            accepted, known = (request.headers.get(name, "") for name in ("accept-encoding", "if-none-match"))
            done(self._scripts[path].answer(query, accepted, known))

    def turned_away(self, status: int, reason: str, message: str) -> Answer:
        """Answer and count what went wrong before there was a request."""
        if status == 503:
            return self._later(reason, message, limits.OVERLOAD_RETRY_S, None)
        return self._count_refused(status, reason, message, "", None)

    # Our own

    def _take(self, request: Request, query: str, done: Callable[[Answer], None]) -> None:
        content = _content(request)
        beacon = decode(content, _app_in(query))
        self._admit(beacon, request, done, content)

    def _take_foreign(self, route: Route, request: Request, query: str, done: Callable[[Answer], None]) -> None:
        """Accept a body of another vendor's agent as a whole; answer when all of it is on disk."""
        origin = request.headers.get("origin")
        kind = _content_type(request.headers)
        read = route.read(_content(request), kind, _app_in(query), int(self._clock() * 1000))
        accepted = Answer(route.status, cors(origin) + f"Content-Type: {kind}\r\n".encode(), route.body(kind))
        for beacon in read.beacons:  # all of them first: a body is accepted or refused as a whole
            if isinstance(refused := site(beacon, self._context(request, UNKNOWN)), Refused):
                done(self._refuse(beacon, refused, origin))
                return
        waiting = len(read.beacons)
        rejected: list[Answer] = []

        def finish(answer: Answer) -> None:
            nonlocal waiting
            waiting -= 1
            if answer.status != 204:
                rejected.append(answer)
            if waiting <= 0:
                if not rejected:
                    for reason, events in read.left_out.items():
                        self._counts.add("snag_foreign_events_left_out", reason, events)
                done(rejected[0] if rejected else accepted)

        if not waiting:
            self._counts.add("snag_collector_beacons", "accepted")
            finish(Answer(204))
        for beacon in read.beacons:
            self._admit(beacon, request, finish, UNKNOWN)

    def _admit(self, beacon: Beacon, request: Request, done: Callable[[Answer], None], content: bytes) -> None:
        """Run the steps of admission, then enqueue."""
        started = time.perf_counter()
        origin = request.headers.get("origin")
        context = self._context(request, content)
        if (refused := admit(beacon, context, self._count_step)) is not None:
            done(self._refuse(beacon, refused, origin))
            return

        def finish(error: Exception | None) -> None:
            if context.passage is not None:
                context.passage.end(error)
            if error is None:
                self._count_accepted(beacon, context, len(request.body), started)
                done(Answer(204, cors(origin)))
            else:
                done(self._full(error, origin))

        assert context.edge is not None  # noqa: S101 (a step fills it in)
        try:
            self._queue.enqueue(queued(beacon, context.edge), finish, _note(beacon, context))
        except Full as error:
            finish(error)

    def _context(self, request: Request, content: bytes) -> Context:
        return Context(
            self._policy,
            self._memory,
            request.headers,
            request.peer,
            now=self._clock(),
            queue_share=self._queue.held_bytes / self._queue.max_bytes,
            content=content,
            received_ns=time.time_ns(),
            outward=self._outward,
        )

    def _count_step(self, step: str) -> None:
        self._counts.add("snag_collector_admission_steps", step)

    def _count_accepted(self, beacon: Beacon, context: Context, size: int, started: float) -> None:
        counts = self._counts
        if self._outward is not None and context.edge is not None:
            self._outward.tell(beacon, context.edge.skew_ms, context.edge.is_bot)
        self._memory.duplicates.add(context.duplicate_key)
        counts.add("snag_collector_beacons", "accepted")
        counts.add_each("snag_collector_events", context.kinds)
        if context.shed:
            counts.add("snag_collector_events_dropped", "shed", context.shed)
        for reason, events in beacon.dropped.items():
            counts.add("snag_agent_events_dropped", reason, events)
        counts.observe("snag_collector_request_duration_seconds", time.perf_counter() - started)
        counts.observe("snag_collector_request_bytes", size)

    def _refuse(self, beacon: Beacon, refused: Refused, origin: str | None) -> Answer:
        if refused.reason == "sampled":
            self._counts.add("snag_collector_beacons", "accepted")
            self._counts.add("snag_collector_events_dropped", "sampled", len(beacon.events))
        elif refused.status == 204:
            self._counts.add("snag_collector_beacons", refused.reason)
        elif refused.retry_s:
            return self._later(refused.reason, refused.message, refused.retry_s, origin, status=refused.status)
        else:
            return self._count_refused(refused.status, refused.reason, refused.message, refused.place, origin)
        return Answer(204, cors(origin))

    def _full(self, error: Exception, origin: str | None) -> Answer:
        # The queue's folder is not for strangers to know.
        if isinstance(error, Full):
            return self._later("spool_full", "the queue is full", limits.RETRY_S, origin)
        return self._later("spool_failed", "the queue failed", limits.RETRY_S, origin)

    def _later(self, reason: str, message: str, seconds: float, origin: str | None, *, status: int = 503) -> Answer:
        wait = f"Retry-After: {limits.retry_after(seconds, self._chance)}\r\n".encode()
        return self._count_refused(status, reason, message, "", origin, wait)

    def _reject(self, reason: str, message: str, place: str = "", origin: str | None = None) -> Answer:
        return self._count_refused(STATUS.get(reason, 400), reason, message, place, origin)

    def _count_refused(
        self, status: int, reason: str, message: str, place: str, origin: str | None, head: bytes = b""
    ) -> Answer:
        self._counts.add("snag_collector_beacons", "refused")
        self._counts.add("snag_collector_beacons_refused", reason)
        # Nothing in it that a stranger chose but the name of a site or an origin.
        self._limited(logging.INFO, reason, "Rejected a beacon (%s)%s", reason, f": {place}" if place else "")
        return responses.text(status, message, cors(origin) + head)


def _note(beacon: Beacon, context: Context) -> Note:
    skew = context.edge.skew_ms if context.edge else 0
    trace = context.passage.trace if context.passage else ""
    return Note(beacon.events[0].client_ts + skew, len(beacon.events), trace)


def _content(request: Request) -> bytes:
    return decompress(request.body, request.headers.get("content-encoding", ""), limits.UNPACKED_BYTES)


def _content_type(headers: Mapping[str, str]) -> str:
    return headers.get("content-type", "").partition(";")[0].strip().lower()


def _app_in(query: str) -> str:
    for pair in query.split("&"):
        name, _, value = pair.partition("=")
        if name == "app":
            return value
    return ""
