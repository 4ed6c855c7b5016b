"""The shop as one aiohttp application: pages, fetch routes, and a back end that thinks."""

from pathlib import Path
from random import Random

from aiohttp import web

from collector.demo.shop.api import Api
from collector.demo.shop.faults import Faults, thinking
from collector.demo.shop.pages import Pages
from collector.demo.shop.sessions import Visitors

STATIC = Path(__file__).parent / "static"

MAX_BODY_BYTES = 16 * 1024
"""A checkout form is under 1 KiB."""


def build_shop(
    *, collector_url: str, faults: Faults, seed: int = 0, release: str = "2.4.1", think_ms: float = 150
) -> web.Application:
    """The shop, tagged for the collector at `collector_url`.

    faults: kept and read on every request, so that the caller can change it while the shop runs.
    seed: decides the delays, which answers fail, and the past orders of an account.
    release: what the agent's tag says is deployed.
    think_ms: how long a document or an API answer takes when nothing is wrong.
    """
    random = Random(seed)  # noqa: S311 - decides delays, keeps no secret
    app = web.Application(
        middlewares=[thinking(faults, think_ms=think_ms, random=random)], client_max_size=MAX_BODY_BYTES
    )
    app.router.add_get("/healthz", _healthz)
    app.router.add_static("/static/", STATIC)
    visitors = Visitors()
    pages = Pages(collector_url=collector_url, release=release, seed=seed)
    for method, path, handler in [*Api().routes(), *pages.routes()]:
        app.router.add_route(method, path, visitors.told(handler))
    return app


async def _healthz(_request: web.Request) -> web.Response:
    """Answers at once, whatever the faults: the demo waits on it before it opens a browser."""
    return web.json_response({"status": "ok"})
