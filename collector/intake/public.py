"""The public port: POST /v1/beacons and GET /agent.js, and nothing else."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import logging
import time
import zlib
from collections.abc import Callable
from importlib.resources import files
from typing import Protocol

from aiohttp import web

from collector.events import Edge, kind_of
from collector.intake.beacon import MAX_BYTES, BadBeacon, decode, queued, skew_ms, too_large
from collector.spool import Full, SpoolFailed
from collector.telemetry import Metrics, tracer

log = logging.getLogger(__name__)

RETRY_S = 30

READ_S = 10
"""An honest beacon is there in a second, over a bad line in a few; who dribbles holds up a connection."""

STATUS = {"too_large": 413, "encoding": 415}

CORS = {"Access-Control-Allow-Origin": "*", "Access-Control-Expose-Headers": "Retry-After"}
"""Any page may send: the app's name is no secret, cookies are neither read nor set."""


class Queue(Protocol):
    """Where accepted beacons go. `put` returns when the line would survive a power cut, or raises Full, SpoolFailed."""

    async def put(self, line: bytes) -> None:
        """Keep one line."""


def build_public(queue: Queue, metrics: Metrics, clock: Callable[[], float] = time.time) -> web.Application:
    """The application of the public port, with everything it needs passed in."""

    async def post_beacon(request: web.Request) -> web.Response:
        began = time.perf_counter()
        with tracer.start_as_current_span("beacon"):
            answer = await _take(request)
        metrics.request_seconds.observe(time.perf_counter() - began)
        return answer

    async def _take(request: web.Request) -> web.Response:
        received_ts = int(clock() * 1000)
        try:
            async with asyncio.timeout(READ_S):
                body = await _read(request)
            beacon = decode(body)
        except BadBeacon as error:
            return _refuse(STATUS.get(error.reason, 400), error.reason, str(error))
        except TimeoutError:
            return _refuse(408, "too_slow", f"the body did not come within {READ_S} s")
        except (OSError, web.RequestPayloadError):  # tabs are closed all the time
            return _refuse(400, "cut_off", "the connection ended before the body did")
        try:
            await queue.put(
                queued(beacon, Edge(received_ts=received_ts, skew_ms=skew_ms(beacon.sent_ts, received_ts)))
            )
        except Full as error:
            return _refuse(503, "spool_full", str(error))
        except SpoolFailed as error:
            return _refuse(503, "spool_failed", str(error))
        metrics.beacons.labels("accepted").inc()
        for event in beacon.events:
            metrics.events.labels(kind_of(event)).inc()
        return web.Response(status=204, headers=CORS)

    def _refuse(status: int, reason: str, message: str) -> web.Response:
        metrics.beacons.labels("refused").inc()
        metrics.refused.labels(reason).inc()
        # What a stranger sent is in the message: no line ends of theirs, no end of it either.
        log.info("refused a beacon (%s): %s", reason, message.encode("unicode_escape").decode()[:300])
        wait = {"Retry-After": str(RETRY_S)} if status == 503 else {}
        return web.Response(status=status, text=message + "\n", headers={**CORS, **wait})

    async def preflight(request: web.Request) -> web.Response:
        allow = {
            "Access-Control-Allow-Methods": "POST",
            "Access-Control-Allow-Headers": "content-type, content-encoding",
        }
        return web.Response(status=204, headers={**CORS, **allow, "Access-Control-Max-Age": "86400"})

    agent = files("collector").joinpath("static", "agent.js").read_bytes()
    packed = gzip.compress(agent, 9, mtime=0)
    tag = f'"{hashlib.sha256(agent).hexdigest()[:20]}"'

    async def get_agent(request: web.Request) -> web.Response:
        headers = {
            **CORS,
            "Cache-Control": "public, max-age=3600",
            "ETag": tag,
            "Vary": "Accept-Encoding",
            "Cross-Origin-Resource-Policy": "cross-origin",
            "X-Content-Type-Options": "nosniff",
        }
        if request.headers.get("If-None-Match") == tag:
            return web.Response(status=304, headers=headers)
        if "gzip" in request.headers.get("Accept-Encoding", ""):
            return web.Response(
                body=packed,
                content_type="text/javascript",
                charset="utf-8",
                headers={**headers, "Content-Encoding": "gzip"},
            )
        return web.Response(body=agent, content_type="text/javascript", charset="utf-8", headers=headers)

    app = web.Application(client_max_size=MAX_BYTES)
    app.router.add_post("/v1/beacons", post_beacon)
    app.router.add_options("/v1/beacons", preflight)
    app.router.add_get("/agent.js", get_agent)
    return app


async def _read(request: web.Request) -> bytes:
    """The body, unpacked; never more than MAX_BYTES of it are kept in memory, on the wire or unpacked.

    Raises BadBeacon.
    """
    encoding = request.headers.get("Content-Encoding", "identity").lower()
    if encoding not in _WINDOW_BITS:
        known = ", ".join(_WINDOW_BITS)
        raise BadBeacon(
            "encoding", f"Content-Encoding is {encoding[:40]!a}, which is not taken; known: {known}"
        )
    if request.content_length is not None and request.content_length > MAX_BYTES:
        raise BadBeacon("too_large", too_large(request.content_length))
    body = bytearray()
    async for chunk in request.content.iter_chunked(16384):
        body += chunk
        if len(body) > MAX_BYTES:
            raise BadBeacon("too_large", too_large(f"over {MAX_BYTES}"))
    bits = _WINDOW_BITS[encoding]
    return _unpack(bytes(body), bits, encoding) if bits is not None else bytes(body)


_WINDOW_BITS = {"identity": None, "gzip": 31, "deflate": 15}
"""What zlib needs to know for each Content-Encoding."""


def _unpack(body: bytes, bits: int, encoding: str) -> bytes:
    unpacker = zlib.decompressobj(bits)
    try:
        unpacked = unpacker.decompress(body, MAX_BYTES + 1)
    except zlib.error as error:
        raise BadBeacon("encoding", f"the body is not {encoding}: {error}") from None
    if len(unpacked) > MAX_BYTES:
        raise BadBeacon("too_large", too_large(f"over {MAX_BYTES}"))
    if not unpacker.eof:
        raise BadBeacon("encoding", f"the body is not {encoding}: it ends too early")
    return unpacked
