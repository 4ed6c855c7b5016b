"""The sites that the visitors of the corpus are on: each episode has its own paths, answers and beacons."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import msgspec
from aiohttp import web

from collector.events import Beacon, Event

STATIC = Path(__file__).parents[2] / "collector" / "static"
DECODER = msgspec.json.Decoder(Beacon)
TAG = '<script src="/agent.js" data-snag-app="corpus" data-snag-url="/at/{key}"></script>'
SHELL = """<!doctype html><html lang=en><head><meta charset=utf-8><title>{title}</title>{early}{tag}<style>
body {{ font: 16px sans-serif; margin: 2rem }} button, input, select {{ font: inherit; padding: .4rem; margin: .2rem }}
</style><script>
const $ = id => document.getElementById(id);
const api = (what, ms = 0, text = "done") => fetch(`api/${{what}}?ms=${{ms}}&text=${{text}}`, {{method: "POST"}});
const later = ms => new Promise(done => setTimeout(done, ms));
</script>{head}</head><body>{body}</body></html>"""
PIXEL = bytes.fromhex("47494638396101000100800000000000ffffff21f90401000000002c00000000010001000002024401003b")


@dataclass
class Document:
    """One page of one episode's site."""

    body: str
    head: str = ""
    early: str = ""
    title: str = "Shop"
    status: int = 200
    delay_ms: int = 0
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Place:
    """One episode's site: its pages by path, and what the agent told of them."""

    key: str
    documents: dict[str, Document] = field(default_factory=dict)
    beacons: list[Beacon] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    def events(self) -> list[Event]:
        """The highest revision of each event."""
        newest: dict[object, Event] = {}
        for beacon in self.beacons:
            for event in beacon.events:
                known = newest.get(event.event_id)
                if known is None or event.revision >= known.revision:
                    newest[event.event_id] = event
        return list(newest.values())


def kind(event: Event) -> str:
    """The wire's word for an event's class."""
    return str(event.__struct_config__.tag)


class Sites:
    """A server on loopback with any number of places.

    Under a place's path: its documents; `api/STATUS?ms=N&text=T` answers so after N ms, `api/drop` closes the
    connection, `api/to/PATH` redirects, `file.bin` downloads, `pixel.gif` is an image, `chunk.js` a module.
    """

    def __init__(self, bundles: Path | None = None) -> None:
        self.places: dict[str, Place] = {}
        self.origin = self.elsewhere = ""
        self._bundles = bundles
        self._keys = count(1)
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> Sites:
        app = web.Application()
        app.router.add_get("/{script:agent[a-z-]*.js}", self._agent)
        app.router.add_get("/third.js", self._third)
        if self._bundles:
            app.router.add_static("/bundles/", self._bundles)
        app.router.add_post("/at/{key}/v1/beacons", self._beacon)
        app.router.add_route("*", "/at/{key}/api/{what:.*}", self._api)
        app.router.add_route("*", "/at/{key}/{path:.*}", self._document)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        port = self._runner.addresses[0][1]
        self.origin, self.elsewhere = f"http://127.0.0.1:{port}", f"http://localhost:{port}"
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._runner
        await self._runner.cleanup()

    def has(self, bundle: str) -> bool:
        """A file of this name was built for the pages of npm widgets."""
        return self._bundles is not None and (self._bundles / bundle).exists()

    def place(self) -> Place:
        """A new, empty site."""
        place = Place(f"site{next(self._keys)}")
        self.places[place.key] = place
        return place

    async def _agent(self, request: web.Request) -> web.StreamResponse:
        script = STATIC / request.match_info["script"]
        return web.FileResponse(script, headers={"content-type": "text/javascript"})

    async def _third(self, _: web.Request) -> web.Response:
        return web.Response(text="throw new Error('advertisement')", content_type="text/javascript")

    async def _beacon(self, request: web.Request) -> web.Response:
        place, body = self.places[request.match_info["key"]], await request.read()
        try:
            place.beacons.append(DECODER.decode(body))
        except msgspec.ValidationError as fault:
            place.refused.append(f"{fault}: {body[:300]!r}")
            return web.Response(status=400, text=str(fault))
        return web.Response(status=204)

    async def _api(self, request: web.Request) -> web.StreamResponse:
        what = request.match_info["what"]
        await asyncio.sleep(int(request.query.get("ms", "0")) / 1000)
        if what == "drop":
            assert request.transport
            request.transport.close()
            return web.Response()
        if what.startswith("to/"):
            return web.Response(status=303, headers={"location": f"/at/{request.match_info['key']}/{what[3:]}"})
        return web.json_response({"text": request.query.get("text", "done")}, status=int(what))

    async def _document(self, request: web.Request) -> web.StreamResponse:
        key, path = request.match_info["key"], request.match_info["path"]
        match path:
            case "file.bin":
                return web.Response(body=b"0" * 99, headers={"content-disposition": "attachment"})
            case "pixel.gif":
                return web.Response(body=PIXEL, content_type="image/gif")
            case "chunk.js":
                return web.Response(text="export const text = 'chunk'", content_type="text/javascript")
        document = self.places[key].documents.get(path)
        if document is None:
            return web.Response(status=404, text="none")
        await asyncio.sleep(document.delay_ms / 1000)
        text = SHELL.format(
            title=document.title, early=document.early, tag=TAG.format(key=key), head=document.head, body=document.body
        )
        return web.Response(text=text, status=document.status, content_type="text/html", headers=document.headers)
