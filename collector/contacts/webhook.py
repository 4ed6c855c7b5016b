"""The intakes of the private port: contacts, survey answers and annotations, over HTTP.

In this order: source, address, size, unpacking, signature, replay, JSON, records, queue. It is answered 2xx when what was
understood is on disk, and not before.
"""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl

import msgspec
from aiohttp import web

from collector.contacts import deliveries
from collector.contacts.deliveries import Received
from collector.contacts.ingest import lines
from collector.contacts.requesters import People
from collector.contacts.signatures import SCHEMES, WINDOW_S, BadSignature, Signed, replay_key
from collector.contacts.sources_file import ANNOTATIONS, Source
from collector.contacts.vendors import Unreadable
from collector.intake.client_info import Visitors
from collector.intake.decompress import CannotDecompress, decompress
from collector.settings import BadSetting
from collector.spool import Full, SpoolFailed
from collector.telemetry import Counts

log = logging.getLogger(__name__)

MAX_WIRE_BYTES = 2 * 2**20
MAX_BYTES = 8 * 2**20
"""A delivery as it comes and unpacked. Vendors send a few KiB; the rest is for batches of one's own."""

BODY_S = 20.0
REMEMBERED = 20_000
SHOWN = 20
"""Problems that an answer names."""

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder().decode


class _Refused(Exception):
    def __init__(self, status: int, reason: str, message: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.status, self.reason, self.headers = status, reason, dict(headers or {})


class Replays:
    """Deliveries that were taken within the window, so that one that is sent again is not done again."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._taken: OrderedDict[str, float] = OrderedDict()

    def holds(self, key: str) -> bool:
        """Whether it was taken already."""
        at = self._taken.get(key)
        return at is not None and self._clock() - at <= 2 * WINDOW_S

    def add(self, key: str) -> None:
        """It is taken."""
        self._taken[key] = self._clock()
        while len(self._taken) > REMEMBERED:
            self._taken.popitem(last=False)


def add_contact_routes(
    app: web.Application,
    sources: Mapping[str, Source],
    people: People,
    put: Callable[[bytes], Awaitable[None]],
    counts: Counts,
    *,
    clients: Visitors | None = None,
    clock: Callable[[], float] = time.time,
) -> None:
    """POST /v1/contacts/{source}, /v1/surveys/{source} and /v1/annotations; HEAD for vendors that look first. `put` makes
    a line durable, or raises Full or SpoolFailed. `clients` knows who asks behind a proxy."""
    behind = clients or Visitors(())
    replays = Replays()

    async def taken(request: web.Request, what: str) -> web.Response:
        name = request.match_info.get("source", ANNOTATIONS)
        source = sources.get(name)
        if source is None:
            known = (
                f"[{name}] is not in the file of SNAG_SOURCES_FILE"
                if name == ANNOTATIONS
                else f"no source is called '{name[:40]}'; add it to the file of SNAG_SOURCES_FILE"
            )
            raise _Refused(404, "unknown_source", known)
        if not source.allows(behind.address(request.remote or "", request.headers.get("X-Forwarded-For", ""))):
            raise _Refused(403, "address", f"deliveries of {name} are not taken from this address")
        if request.method == "HEAD":
            return web.Response()
        body = await _body(request)
        headers = {key.lower(): value for key, value in request.headers.items()}
        signed = Signed(request.method, _url(source, request), headers, body)
        delivery = _verified(source, signed, clock())
        if challenge := headers.get("x-front-challenge"):
            return web.json_response({"challenge": challenge})
        key = f"{what}:{name}:{replay_key(delivery, body)}"
        if replays.holds(key):
            return web.json_response({"duplicate": True})
        received = await _received(what, body, headers, source)
        if received.problems and (source.adapter.name == "plain" or what != "contacts"):
            places = [f"{one.place}: {one.message}" for one in received.problems[:SHOWN]]
            more = len(received.problems) - len(places)
            raise _Refused(
                400,
                "bad_record",
                "; ".join(places) + (f"; and {more} more" if more else "") + ". Nothing was kept",
            )
        await _keep(received)
        replays.add(key)
        _count(received)
        answer: dict[str, Any] = {"kept": received.counts}
        if received.problems:
            answer["set_aside"] = [one._asdict() for one in received.problems[:SHOWN]]
        return web.json_response(answer, status=202)

    async def _received(what: str, body: bytes, headers: Mapping[str, str], source: Source) -> Received:
        await asyncio.to_thread(_refreshed)
        now_ms = int(clock() * 1000)
        try:
            found = _parsed(body, headers.get("content-type", ""))
            if what == "contacts":
                return deliveries.contacts(found, headers, source, people, now_ms)
            return deliveries.others(what, found, source, people, now_ms)
        except Unreadable as error:
            raise _Refused(400, "unreadable", str(error)) from None

    def _refreshed() -> None:
        try:
            people.refresh()
        except Exception as error:
            # Whom to forget is not known: nothing is taken until it is. Vendors and pulls come again.
            log.warning("the suppression list cannot be read: %s", error)
            raise _Refused(503, "no_list", "the store is not there yet, come again", {"Retry-After": "30"}) from None

    async def _keep(received: Received) -> None:
        waiting = [*lines(received.support), *(_encode(one) + b"\n" for one in received.unmapped)]
        try:
            await asyncio.gather(*map(put, waiting))  # together: they share one sync
        except Full as error:
            raise _Refused(503, "spool_full", str(error), {"Retry-After": "30"}) from None
        except SpoolFailed as error:
            raise _Refused(503, "spool_failed", str(error), {"Retry-After": "10"}) from None

    def _count(received: Received) -> None:
        deliveries.count_received(counts, received)

    def handler(what: str) -> Callable[[web.Request], Awaitable[web.Response]]:
        async def handle(request: web.Request) -> web.Response:
            try:
                return await taken(request, what)
            except _Refused as error:
                counts.add("snag_contacts_refused", error.reason)
                log.info("refused %s: %s", what, error.reason)
                return web.json_response(
                    {"error": error.reason, "message": str(error)}, status=error.status, headers=error.headers
                )

        return handle

    app.router.add_post("/v1/contacts/{source}", handler("contacts"))
    app.router.add_head("/v1/contacts/{source}", handler("contacts"))
    app.router.add_post("/v1/surveys/{source}", handler("surveys"))
    app.router.add_post("/v1/annotations", handler("annotations"))


async def _body(request: web.Request) -> bytes:
    if (request.content_length or 0) > MAX_WIRE_BYTES:
        raise _too_large()
    parts: list[bytes] = []
    size = 0
    try:
        async with asyncio.timeout(BODY_S):
            async for part in request.content.iter_chunked(64 * 1024):
                size += len(part)
                if size > MAX_WIRE_BYTES:
                    raise _too_large()
                parts.append(part)
    except TimeoutError:
        raise _Refused(408, "too_late", f"the body did not come within {BODY_S:.0f} s") from None
    try:
        return decompress(b"".join(parts), request.headers.get("Content-Encoding", ""), MAX_BYTES)
    except CannotDecompress as error:
        if error.reason == "too_large":
            raise _too_large() from None
        raise _Refused(415, "encoding", str(error)) from None


def _too_large() -> _Refused:
    return _Refused(
        413,
        "too_large",
        f"a delivery may have {MAX_WIRE_BYTES} bytes, {MAX_BYTES} unpacked; send several, or use `snag contacts import`",
    )


def _url(source: Source, request: web.Request) -> str:
    """The address as the sender called it."""
    if not source.table.url:
        return str(request.url)
    return source.table.url + (
        f"?{request.query_string}" if request.query_string and "?" not in source.table.url else ""
    )


def _verified(source: Source, signed: Signed, now_s: float) -> str:
    try:
        secrets, tokens = source.secrets(), source.tokens()
    except BadSetting as error:
        log.error("%s", error)
        raise _Refused(500, "misconfigured", f"the secrets of {source.name} cannot be read") from None
    try:
        if secrets and not (tokens and "authorization" in signed.headers):
            return SCHEMES[source.adapter.scheme](signed, secrets, now_s)
        return SCHEMES["token"](signed, tokens, now_s)
    except BadSignature as error:
        raise _Refused(401, error.reason, str(error)) from None


def _parsed(body: bytes, content_type: str) -> Any:
    try:
        body.decode()
    except UnicodeDecodeError as error:
        raise _Refused(400, "encoding", f"the body is not UTF-8: byte {error.start}") from None
    try:
        # What `curl -d` says of any body; a form never begins like JSON.
        is_json = body.lstrip()[:1] in (b"{", b"[")
        if content_type.startswith("application/x-www-form-urlencoded") and not is_json:
            return dict(parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=1000))
        if "ndjson" in content_type or "jsonlines" in content_type:
            return [_decode(one) for one in body.splitlines() if one.strip()]
        return _decode(body)
    except (msgspec.DecodeError, RecursionError, ValueError, json.JSONDecodeError) as error:
        raise _Refused(400, "not_json", f"the body is not JSON: {error}") from None
