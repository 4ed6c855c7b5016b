"""The galleries: installed and bundled into a cache folder, and served. Nothing of the libraries is kept in the repository."""

from __future__ import annotations

import hashlib
import io
import os
import shutil
import subprocess
import wave
from collections import defaultdict
from importlib.resources import files
from pathlib import Path

import msgspec
from aiohttp import web

from benchmarks.agent_sweep.rivals import RIVALS, Report
from collector.events import Beacon, Event

HERE = Path(__file__).parent
HELD_BACK = (
    "antd", "primevue", "materialweb", "foundation", "tabulator", "tiptap", "plyr", "headlessui", "naiveui", "choices",
)  # fmt: skip
"""Looked at once, when the rules were finished."""

PAGE = """<!doctype html><html lang=en><head><meta charset=utf-8><title>Gallery</title>
{script}
<link rel=stylesheet href="/bundle/{name}.css"><style>body{{margin:1rem;font-family:sans-serif}}</style></head>
<body><div id=root></div><script>
document.addEventListener("click", event => {{
  const counted = event.composedPath().find(one => one.matches?.("[data-count]"));
  if (counted) document.querySelector("#count").textContent = +document.querySelector("#count").textContent + 1;
}});</script><p>Used <output id=count>0</output> times</p><script src="/bundle/{name}.js"></script></body></html>"""

AGENT = '<script src="/agent.js" data-snag-app="gallery" data-snag-url="/beacons/{visit}"></script>'
RIVAL = '<script src="/bundle/sdk-{product}.js"></script>'


def build() -> Path:
    """The folder of the bundles: about a minute where they were not built before. Needs npm and node.

    `SNAG_SWEEP_CACHE` names the folder of all caches; else the user's own.
    """
    room = Path(os.environ.get("SNAG_SWEEP_CACHE") or Path.home() / ".cache" / "snagwatch-sweep")
    packages = room / _fingerprint(HERE / "package-lock.json")
    if not (packages / "node_modules" / "esbuild").exists():
        packages.mkdir(parents=True, exist_ok=True)
        for name in ("package.json", "package-lock.json"):
            shutil.copy(HERE / name, packages)
        print(f"Installing the libraries into {packages}", flush=True)
        _run("npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--legacy-peer-deps", at=packages)
    built = packages / _fingerprint(HERE / "bundle.mjs", *sorted((HERE / "pages").iterdir()))
    if not built.exists():
        shutil.rmtree(packages / "pages", ignore_errors=True)
        shutil.rmtree(packages / "bundles", ignore_errors=True)
        shutil.copytree(HERE / "pages", packages / "pages")
        shutil.copy(HERE / "bundle.mjs", packages)
        print(_run("node", "bundle.mjs", at=packages), end="")
        (packages / "bundles").rename(built)
    return built


def names(folder: Path) -> list[str]:
    """The galleries that could be built."""
    return sorted(file.stem for file in folder.glob("*.js") if not file.stem.startswith("sdk-"))


def _fingerprint(*paths: Path) -> str:
    content = hashlib.sha256()
    for path in paths:
        content.update(path.read_bytes())
    return content.hexdigest()[:16]


def _run(*command: str, at: Path) -> str:
    done = subprocess.run(command, cwd=at, capture_output=True, text=True, timeout=500, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} failed: {done.stderr.strip()[-500:]}")
    return done.stdout


class Galleries:
    """A site with all galleries, and what each visit's agent has sent."""

    def __init__(self, folder: Path, product: str = "") -> None:
        self._folder = folder
        self.product = product
        """Whose SDK watches, where it is not ours."""
        self._bodies: dict[str, list[str]] = defaultdict(list)
        self._beacons: dict[str, list[Beacon]] = defaultdict(list)
        self._scripts = {
            file.name: file.read_bytes()
            for file in files("collector").joinpath("static").iterdir()
            if file.name.endswith(".js")
        }
        """As they were at the start: a build in the meantime changes nothing."""
        self._decode = msgspec.json.Decoder(Beacon).decode
        self._runner: web.AppRunner | None = None
        self.origin = ""

    async def __aenter__(self) -> Galleries:
        app = web.Application(client_max_size=64 * 2**20)
        app.router.add_get("/{name:agent[a-z-]*.js}", self._agent)
        app.router.add_get("/gallery/{name}/{visit}", self._page)
        app.router.add_get("/bundle/{file}", self._bundle)
        app.router.add_post("/beacons/{visit}/v1/beacons", self._take)
        app.router.add_route("*", "/sink/{visit}{rest:.*}", self._sink)
        app.router.add_get("/fails", self._fails)
        app.router.add_get("/sound.wav", self._sound)
        app.router.add_get("/{other:.*}", self._nothing)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.origin = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._runner:
            await self._runner.cleanup()

    def reports(self, visit: str) -> list[Report]:
        """What was reported of a visit."""
        if self.product:
            return [report for body in self._bodies[visit] for report in RIVALS[self.product](body)]
        return [
            Report(
                str(event.__struct_config__.tag),
                event.client_ts,
                getattr(event, "target", "") or getattr(event, "error_message", ""),
            )
            for event in self.events(visit)
        ]

    def events(self, visit: str) -> list[Event]:
        """The newest revision of each event."""
        newest: dict[object, Event] = {}
        for beacon in self._beacons[visit]:
            for event in beacon.events:
                known = newest.get(event.event_id)
                if known is None or event.revision >= known.revision:
                    newest[event.event_id] = event
        return list(newest.values())

    async def _agent(self, request: web.Request) -> web.Response:
        return web.Response(body=self._scripts[request.match_info["name"]], content_type="text/javascript")

    async def _page(self, request: web.Request) -> web.Response:
        visit = request.match_info["visit"]
        script = (RIVAL if self.product else AGENT).format(product=self.product, visit=visit)
        text = PAGE.format(name=request.match_info["name"], script=script)
        return web.Response(text=text, content_type="text/html")

    async def _bundle(self, request: web.Request) -> web.Response:
        file = self._folder / Path(request.match_info["file"]).name
        kind = "text/css" if file.suffix == ".css" else "text/javascript"
        return web.Response(body=file.read_bytes() if file.exists() else b"", content_type=kind)

    async def _take(self, request: web.Request) -> web.Response:
        self._beacons[request.match_info["visit"]].append(self._decode(await request.read()))
        return web.Response(status=204)

    async def _sink(self, request: web.Request) -> web.Response:
        self._bodies[request.match_info["visit"]].append((await request.read()).decode(errors="replace"))
        return web.json_response({"status": 1})

    async def _fails(self, _: web.Request) -> web.Response:
        return web.Response(status=500)

    async def _nothing(self, _: web.Request) -> web.Response:
        return web.Response(text="")

    async def _sound(self, _: web.Request) -> web.Response:
        content = io.BytesIO()
        with wave.open(content, "wb") as sound:
            sound.setnchannels(1)
            sound.setsampwidth(1)
            sound.setframerate(8000)
            sound.writeframes(b"\x80" * 8000 * 60)
        return web.Response(body=content.getvalue(), content_type="audio/wav")
