"""A small site with switches for what can go wrong, and journeys over it."""

import asyncio

import pytest
from aiohttp import web

from tests.browser import browser  # noqa: F401 (a fixture)

PAGE = """<!doctype html><html><head><meta charset="utf-8"><title>site</title>{head}</head>
<body data-snag-page="/site"><h1>Welcome</h1>{body}</body></html>"""

BODIES = {
    "plain": "<a href='/next'>Next</a><button onclick=\"document.title='done';this.after('ok')\">Works</button>",
    "next": "<p>The end</p>",
    "dead": "<button type='button'>Pay</button>",
    "broken": "<script>setTimeout(() => { throw new TypeError('card 4242 is gone') }, 50)</script><p>Shown</p>",
    "dialog": "<script>setTimeout(() => alert('Hello'), 50)</script><p>Shown</p>",
}


@pytest.fixture
async def site():
    """The site's address."""

    async def page(request: web.Request) -> web.Response:
        name = request.match_info["name"] or "plain"
        if name == "slow":
            await asyncio.sleep(0.8)
            name = "plain"
        if name.isdigit():
            return web.Response(
                status=int(name), text=PAGE.format(head="", body="<p>Sorry</p>"), content_type="text/html"
            )
        if name == "hangs":
            await asyncio.sleep(20)
        tag = "<script src='/agent.js' data-snag-app='site'></script>" if "tagged" in request.query else ""
        return web.Response(text=PAGE.format(head=tag, body=BODIES[name]), content_type="text/html")

    app = web.Application()
    app.router.add_get("/agent.js", _agent)
    app.router.add_post("/v1/beacons", _own_beacon)
    app.router.add_get("/{name:[a-z0-9]*}", page)
    app[OWN] = []
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield Site(f"http://127.0.0.1:{runner.addresses[0][1]}", app[OWN])
    await runner.cleanup()


OWN: web.AppKey[list] = web.AppKey("own", list)


class Site:
    """Where the site is, and the beacons that its own copy of the agent sent."""

    def __init__(self, url: str, own: list) -> None:
        self.url = url
        self.own = own


async def _agent(request: web.Request) -> web.StreamResponse:
    from importlib.resources import files

    return web.Response(
        body=files("collector").joinpath("static", "agent.js").read_bytes(), content_type="text/javascript"
    )


async def _own_beacon(request: web.Request) -> web.Response:
    request.app[OWN].append(await request.read())
    return web.Response(status=204)
