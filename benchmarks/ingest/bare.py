"""An ordinary aiohttp application on uvloop that reads a body and answers 204: what taking a beacon costs at least."""

from __future__ import annotations

import sys

import uvloop
from aiohttp import web


async def take(request: web.Request) -> web.Response:
    await request.read()
    return web.Response(status=204)


def main(port: int) -> None:
    uvloop.install()
    app = web.Application()
    app.router.add_post("/v1/beacons", take)
    web.run_app(app, host="127.0.0.1", port=port, access_log=None, print=None)


if __name__ == "__main__":
    main(int(sys.argv[1]))
