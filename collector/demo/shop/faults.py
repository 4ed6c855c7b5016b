"""What can go wrong in the shop, and the middleware that makes it happen."""

import asyncio
import logging
from dataclasses import dataclass
from random import Random

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

log = logging.getLogger(__name__)

JITTER = 0.25
"""Share by which every delay varies: enough that no two visits look alike, too little to hide a fault."""

PAY_FAULT = "pay"
"""Value of the cookie `fault` for which Pay does nothing. The fault is the visitor's, not the shop's, so that
affected and unaffected people can be on the site in the same minute."""

SORRY = "Sorry, our shop is not answering just now. Please try again in a moment."


@dataclass(slots=True)
class Faults:
    """The back end's troubles. Mutable: the demo turns them up and down while people are shopping."""

    backend_extra_ms: float = 0
    failing_share: float = 0


def thinking(faults: Faults, *, think_ms: float, random: Random) -> Middleware:
    """Middleware that delays every document and API answer, and refuses a share of the API's.

    Files and /healthz are answered at once: whoever waits for the shop must not wait for its faults.
    """

    @web.middleware
    async def think(request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.path.startswith("/static/") or request.path == "/healthz":
            return await handler(request)
        delay_ms = _jittered(think_ms, random) + _jittered(faults.backend_extra_ms, random)
        await asyncio.sleep(delay_ms / 1000)
        if request.path.startswith("/api/") and random.random() < faults.failing_share:
            log.debug("fault: refusing %s", request.path)
            return web.json_response({"message": SORRY}, status=503)
        return await handler(request)

    return think


def pay_is_broken(request: web.Request) -> bool:
    """Whether Pay does nothing for this visitor."""
    return request.cookies.get("fault") == PAY_FAULT


def _jittered(delay_ms: float, random: Random) -> float:
    return delay_ms * random.uniform(1 - JITTER, 1 + JITTER)
