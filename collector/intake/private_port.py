"""The private port's health and metrics, for an SRE and for the commands beside a running collector."""

from __future__ import annotations

from collections.abc import Callable

from aiohttp import web
from prometheus_client import exposition
from prometheus_client.openmetrics import exposition as openmetrics

from collector.telemetry import Metrics

_OPENMETRICS = "application/openmetrics-text"


def build_private(metrics: Metrics, not_ready: Callable[[], str], *, max_body: int) -> web.Application:
    """Return the application of the private port. `not_ready` says why no beacons can be accepted; "" when they can.

    Readiness depends only on what accepting a beacon needs: not on the store, or its outage would stop the intake.
    """

    async def livez(request: web.Request) -> web.Response:
        return web.Response(text="ok\n")

    async def readyz(request: web.Request) -> web.Response:
        why = not_ready()
        return web.Response(status=503 if why else 200, text=f"not ready: {why}\n" if why else "ready\n")

    async def show_metrics(request: web.Request) -> web.Response:
        if _OPENMETRICS in request.headers.get("Accept", ""):
            body, kind = openmetrics.generate_latest(metrics.registry), openmetrics.CONTENT_TYPE_LATEST
        else:
            body, kind = exposition.generate_latest(metrics.registry), exposition.CONTENT_TYPE_LATEST
        return web.Response(body=body, headers={"Content-Type": kind})

    app = web.Application(client_max_size=max_body)
    app.router.add_get("/livez", livez)
    app.router.add_get("/readyz", readyz)
    app.router.add_get("/metrics", show_metrics)
    return app
