"""POST /v1/sourcemaps on the private port: builds leave their source maps there, with a token.

One request for each map: `?app=shop&release=2.4.1&file=assets/app.js`, `Authorization: Bearer TOKEN`, the map as the body.
The text of the sources is left out before it is stored.
"""

from __future__ import annotations

import asyncio
import hmac
import logging
from collections.abc import Callable

from aiohttp import web

from collector.sourcemaps.decode import MAX_BYTES, BadSourceMap, SourceMap
from collector.store.source_maps import keep_map
from collector.store.store import Store

log = logging.getLogger(__name__)

PATH = "/v1/sourcemaps"
LONGEST = 200
"""Characters of a name, release or path."""

REASONS = {400: "unreadable", 401: "token", 403: "no_token", 413: "too_large"}
"""The `error` of an answer, as the other intakes of this port have it."""


def add_sourcemap_route(app: web.Application, open_store: Callable[[], Store], token: str) -> None:
    """Take maps from whoever shows `token`; from nobody where it is empty."""

    async def take(request: web.Request) -> web.Response:
        if not token:
            return _refused(403, "no token is set; set SNAG_SOURCEMAPS_TOKEN for the collector")
        shown = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if not hmac.compare_digest(shown.encode(), token.encode()):
            return _refused(
                401, "Authorization: the token is not the one of SNAG_SOURCEMAPS_TOKEN; expected Bearer TOKEN"
            )
        named = {name: request.query.get(name, "") for name in ("app", "release", "file")}
        for name, value in named.items():
            if not 0 < len(value) <= LONGEST:
                return _refused(400, f"{name}: expected 1 to {LONGEST} characters in the query, got {len(value)}")
        body = await _read(request)
        if body is None:
            return _refused(413, f"a source map may have {MAX_BYTES} bytes")
        try:
            content = await asyncio.to_thread(lambda: SourceMap(body).without_text())
        except BadSourceMap as error:
            return _refused(400, f"the body is not a valid source map: {error}")
        await asyncio.to_thread(_keep, open_store, named, content)
        return web.json_response({"kept": named["file"], "bytes": len(content)}, status=201)

    app.router.add_post(PATH, take)


async def _read(request: web.Request) -> bytes | None:
    """The body; None where it is too large. The limit of the port's other bodies is far below a map's size."""
    parts: list[bytes] = []
    size = 0
    async for part in request.content.iter_chunked(256 * 1024):
        size += len(part)
        if size > MAX_BYTES:
            return None
        parts.append(part)
    return b"".join(parts)


def _keep(open_store: Callable[[], Store], named: dict[str, str], content: str) -> None:
    store = open_store()
    try:
        keep_map(store, named["app"], named["release"], named["file"], content)
    finally:
        store.close()


def _refused(status: int, message: str) -> web.Response:
    log.info("Rejected a source map: %s", message)
    return web.json_response({"error": REASONS[status], "message": message}, status=status)
