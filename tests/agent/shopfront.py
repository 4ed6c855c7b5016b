"""A small site for the agent's tests: serves the pages and the built agent, and takes beacons."""

import asyncio
import os
import shutil
import time
from pathlib import Path

import msgspec
from aiohttp import web

from collector.events import Beacon, Event

HERE = Path(__file__).parent
STATIC = HERE.parents[1] / "collector" / "static"
DECODER = msgspec.json.Decoder(Beacon)
"""Strict: a field that the collector would refuse fails the test that sent it."""

SHELL = """<!doctype html><html><head><meta charset=utf-8>{head}</head><body>
{body}
</body></html>"""
TAG = '<script src="/agent.js" data-snag-app="shop" data-snag-release="7" data-snag-env="test"{more}></script>'

PIXEL = bytes.fromhex("47494638396101000100800000000000ffffff21f90401000000002c00000000010001000002024401003b")


def chromium() -> str:
    """The browser to play in."""
    names = ("chromium-headless-shell", "chromium", "chromium-browser")
    found = os.environ.get("SNAG_CHROMIUM") or next(filter(None, map(shutil.which, names)), None)
    assert found, f"no browser: set SNAG_CHROMIUM or install one of {', '.join(names)}"
    return found


class Site:
    """What the visitor's browser talks to, and what came of it."""

    def __init__(self) -> None:
        self.beacons: list[Beacon] = []
        self.refused: list[str] = []
        self.answers: list[int] = []
        """Statuses to answer the next beacons with; 204 when there is none left."""
        self.bodies: list[bytes] = []
        self.inline: dict[str, str] = {}
        """Pages that are written beside their test, by name."""
        self.origin = ""
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> "Site":
        app = web.Application()
        app.router.add_get("/{name:agent[a-z-]*.js}", self._agent)
        app.router.add_get("/page/{name}", self._page)
        app.router.add_post("/{app:.*}v1/beacons", self._beacons)
        app.router.add_route("*", "/api/json", self._json)
        app.router.add_get("/slow", self._slow)
        app.router.add_route("*", "/sink", self._nothing)
        app.router.add_get("/other", self._other)
        app.router.add_get("/file.bin", self._file)
        app.router.add_get("/pixel.gif", self._pixel)
        app.router.add_get("/empty.js", self._script)
        app.router.add_get("/status/{status}", self._status)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        listening = web.TCPSite(self._runner, "127.0.0.1", 0)
        await listening.start()
        self.origin = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._runner
        await self._runner.cleanup()

    def page(self, name: str, **more: str) -> str:
        """Address of a page; `more` reaches the site as its query."""
        query = "&".join(f"{key}={value}" for key, value in more.items())
        return f"{self.origin}/page/{name}?{query}"

    def events(self, *kinds: str, group: str | None = None) -> list[Event]:
        """The newest revision of each event of these kinds (all, if none is named), of one page group or all."""
        newest: dict[object, Event] = {}
        for beacon in self.beacons:
            for event in beacon.events:
                if kinds and kind(event) not in kinds:
                    continue
                if group is not None and event.page_group != group:
                    continue
                known = newest.get(event.event_id)
                if known is None or event.revision >= known.revision:
                    newest[event.event_id] = event
        return list(newest.values())

    async def until(self, *kinds: str, seconds: float = 20, group: str | None = None) -> list[Event]:
        """Wait for an event of one of these kinds."""
        await self.true(lambda: bool(self.events(*kinds, group=group)), f"no {kinds} came", seconds)
        return self.events(*kinds, group=group)

    async def true(self, claim, otherwise: str, seconds: float = 20) -> None:
        """Wait until a claim holds."""
        deadline = time.monotonic() + seconds
        while not claim():
            assert time.monotonic() < deadline, f"{otherwise}; refused: {self.refused}"
            await asyncio.sleep(0.05)

    async def _agent(self, request: web.Request) -> web.StreamResponse:
        script = STATIC / request.match_info["name"]
        return web.FileResponse(script, headers={"content-type": "text/javascript"})

    async def _page(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        file = HERE / "pages" / f"{name}.html"
        body = self.inline.get(name) or (file.read_text(encoding="utf-8") if file.exists() else "")
        more = "".join(f' data-snag-{key}="{value}"' for key, value in request.query.items() if key != "tags")
        tags = int(request.query.get("tags", "1"))
        text = SHELL.format(
            head=TAG.format(more=more) * tags,
            body=f'<script>document.body.dataset.snagPage="{name}"</script>{body}',
        )
        return web.Response(text=text, content_type="text/html")

    async def _beacons(self, request: web.Request) -> web.Response:
        body = await request.read()
        self.bodies.append(body)
        assert request.content_type == "text/plain", request.content_type
        status = self.answers.pop(0) if self.answers else 204
        if status == 204:
            try:
                self.beacons.append(DECODER.decode(body))
            except msgspec.ValidationError as fault:
                self.refused.append(f"{fault}: {body[:500]!r}")
                return web.Response(status=400, text=str(fault))
        return web.Response(status=status)

    async def _json(self, request: web.Request) -> web.Response:
        await asyncio.sleep(int(request.query.get("ms", "0")) / 1000)
        return web.json_response({"n": time.time()}, status=int(request.query.get("status", "200")))

    async def _slow(self, request: web.Request) -> web.Response:
        await asyncio.sleep(int(request.query.get("ms", "0")) / 1000)
        return await self._other(request)

    async def _other(self, _: web.Request) -> web.Response:
        return web.Response(text=SHELL.format(head=TAG.format(more=""), body="<p>Other</p>"), content_type="text/html")

    async def _nothing(self, _: web.Request) -> web.Response:
        return web.Response(status=204)

    async def _file(self, _: web.Request) -> web.Response:
        return web.Response(body=b"0" * 100, headers={"content-disposition": "attachment"})

    async def _pixel(self, _: web.Request) -> web.Response:
        return web.Response(body=PIXEL, content_type="image/gif")

    async def _script(self, _: web.Request) -> web.Response:
        return web.Response(text="", content_type="text/javascript")

    async def _status(self, request: web.Request) -> web.Response:
        return web.Response(status=int(request.match_info["status"]), text="no")


def kind(event: Event) -> str:
    """The wire's word for an event's class."""
    return str(event.__struct_config__.tag)
