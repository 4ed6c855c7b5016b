"""Make the pictures of README and docs: `python -m tools.screenshots` plays the demo and photographs its pages.

With `--store DIR` an earlier `snag demo --folder DIR --keep` is photographed. Needs Chromium, as journeys do.
"""

from __future__ import annotations

import argparse
import asyncio
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from aiohttp import web
from playwright.async_api import Browser
from prometheus_client import CollectorRegistry

from collector.intake.private_port import build_private
from collector.settings import Settings
from collector.store import Store
from collector.store.surges import kept
from collector.telemetry import Metrics
from collector.web.routes import add_page_routes
from synthetic.browser import launched

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "docs" / "pictures"
MOST_BYTES = 150_000
"""A picture above this is too heavy for a README."""


class Picture(NamedTuple):
    """One file: a page, how wide the window is, and how much of its height is shown."""

    name: str
    path: str
    width: int = 1280
    height: int = 860
    scheme: str = "light"


PICTURES = (
    Picture("verdict", "surge"),
    Picture("verdict-dark", "surge", scheme="dark"),
    Picture("verdict-phone", "surge", 390, 844),
    Picture("friction", "friction"),
    Picture("friction-phone", "friction", 390, 844),
    Picture("point", "point", 1280, 760),
)


async def photograph(folder: Path, out: Path) -> list[Path]:
    """Photograph the pages of the demo's store in `folder`."""
    settings = Settings(data_dir=str(folder), app="shop", time_zone=_zone(folder))
    store = Store.open(settings.store_dsn)
    made = []
    try:
        end, surge_id = _surge(store)
        async with AsyncExitStack() as stack:
            url = await stack.enter_async_context(_Pages(settings, end))
            browser, _ = await stack.enter_async_context(launched(""))
            for picture in PICTURES:
                made.append(await _one(browser, url, picture, surge_id, out))
    finally:
        store.close()
    return made


async def _one(browser: Browser, url: str, picture: Picture, surge_id: str, out: Path) -> Path:
    context = await browser.new_context(
        viewport={"width": picture.width, "height": picture.height},
        color_scheme="dark" if picture.scheme == "dark" else "light",
        reduced_motion="reduce",
    )
    page = await context.new_page()
    path = f"/surges/{surge_id}" if picture.path == "surge" else f"/{picture.path}"
    if picture.path == "point":
        await page.goto(f"{url}/friction?simulated=1&since=24h")
        await page.locator("table.sorted tbody a").first.click()
    else:
        await page.goto(f"{url}{path}?simulated=1&since=24h")
    await page.wait_for_load_state("networkidle")
    await page.wait_for_timeout(500)
    file = out / f"{picture.name}.png"
    await page.screenshot(path=str(file), type="png")
    await context.close()
    if file.stat().st_size > MOST_BYTES:
        raise SystemExit(f"{file}: {file.stat().st_size:,} bytes; expected at most {MOST_BYTES:,}")
    return file


class _Pages:
    """The pages of a store on a port of their own, at the time of its surge."""

    def __init__(self, settings: Settings, now: datetime) -> None:
        app = build_private(Metrics(CollectorRegistry()), lambda: "", max_body=2**20)
        add_page_routes(
            app,
            settings,
            lambda: Store.open(settings.store_dsn),
            CollectorRegistry(),
            clock=now.timestamp,
        )
        self._runner = web.AppRunner(app, access_log=None)

    async def __aenter__(self) -> str:
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        return f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def __aexit__(self, *error: object) -> None:
        await self._runner.cleanup()


def _surge(store: Store) -> tuple[datetime, str]:
    """When the last evaluation ended, and the surge that it found."""
    (end,) = store.client.query("SELECT max(until_ts) FROM snag_experience.contacts_judged").result_rows[0]
    end = end.replace(tzinfo=UTC)
    found = [one for one in kept(store, "shop", datetime.fromtimestamp(0, UTC), end) if one.state == "standing"]
    if not found:
        raise SystemExit("the demo's store holds no surge; expected the one that it stages")
    return end, str(found[-1].surge_id)


def _zone(folder: Path) -> str:
    file = folder / "time_zone"
    return file.read_text(encoding="utf-8").strip() if file.exists() else "UTC"


def main(arguments: Sequence[str] | None = None) -> int:
    """Make every picture and print its name and size."""
    parser = argparse.ArgumentParser(prog="python -m tools.screenshots", description=main.__doc__)
    parser.add_argument("--store", type=Path, metavar="DIR", help="folder of a demo that was kept (default: play one)")
    parser.add_argument("--out", type=Path, default=FOLDER, metavar="DIR", help="where to (default: docs/pictures)")
    args = parser.parse_args(arguments)
    args.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as temporary:
        folder = args.store or Path(temporary) / "demo"
        if not args.store:
            subprocess.run([sys.executable, "-m", "collector", "demo", "--folder", str(folder), "--keep"], check=True)  # noqa: S603 (ourselves)
        for file in asyncio.run(photograph(folder.absolute(), args.out)):
            print(f"{file} {file.stat().st_size:,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
