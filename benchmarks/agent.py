"""What the agent costs a page, beside no agent and beside others: `python -m benchmarks.agent`.

Prints, as medians over turns that are played in rotation: the main thread's task time (CDP TaskDuration) for 1,000 answered
clicks, for 1,000 changes of the document and for loading the page, each as a ratio to no agent in the same turn; what the
heap has grown by in the first and in the second half of a busy single-page app, KiB; how often it has sent something,
by which one sees that it ran.
The others come from npm into a temporary folder; one that cannot be installed is left out with a word.
"""

from __future__ import annotations

import argparse
import asyncio
import gzip
import os
import shutil
import statistics
import subprocess
import tempfile
from collections.abc import Awaitable, Callable
from importlib.resources import files
from pathlib import Path

from aiohttp import web
from playwright.async_api import CDPSession, Page, async_playwright

OTHERS = {
    "@datadog/browser-rum": "import { datadogRum } from '@datadog/browser-rum';"
    "datadogRum.init({applicationId: 'a', clientToken: 'pub', site: 'datadoghq.com', proxy: '/sink',"
    " sessionSampleRate: 100, trackUserInteractions: true, trackResources: true, trackLongTasks: true});",
    "posthog-js": "import posthog from 'posthog-js';"
    "posthog.init('phc_x', {api_host: location.origin + '/sink', autocapture: true, rageclick: true,"
    " capture_dead_clicks: true, disable_session_recording: true});",
    "@sentry/browser": "import * as Sentry from '@sentry/browser';"
    "Sentry.init({dsn: `http://key@${location.host}/1`, tunnel: '/sink', replaysSessionSampleRate: 1,"
    " integrations: [Sentry.replayIntegration({useCompression: false})]});",
}
PAGE = """<!doctype html><meta charset=utf-8>{tag}<button id=b style="width:200px;height:60px">0</button><ul id=l></ul>
<script>
let n = 0;
b.onclick = () => b.textContent = ++n;
const change = () => {
  const one = document.createElement("li");
  one.textContent = ++n;
  l.append(one);
  if (n % 3) one.className = "x";
};
const course = async views => {
  for (let i = 0; i < views; i++) {
    history.pushState({}, "", "/page/" + i % 7);
    l.replaceChildren();
    for (let j = 0; j < 20; j++) change();
    b.click();
    await fetch("/sink");
    await new Promise(done => setTimeout(done, 5));
  }
};
</script>"""
CLICKS = CHANGES = 1000
VIEWS = 150
Measured = dict[str, float]


def install(name: str, into: Path, esbuild: Path) -> bytes | None:
    """The other's script, bundled as its users would; None where npm cannot get it."""
    made = subprocess.run(
        ["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", into, name, "--silent"],
        capture_output=True,
        check=False,
    )
    if made.returncode:
        return None
    entry = into / "entry.js"
    entry.write_text(OTHERS[name])
    bundled = subprocess.run(
        [esbuild, entry, "--bundle", "--minify", "--format=iife", "--target=es2020"],
        capture_output=True,
        check=True,
    )
    return bundled.stdout


SENT: web.AppKey[list[str]] = web.AppKey("sent", list)
"""What a page has sent in this turn."""


async def serve(scripts: dict[str, bytes]) -> tuple[web.AppRunner, str]:
    """A site with one page for each script, and a place where everything that is sent ends."""

    async def page(request: web.Request) -> web.Response:
        script = request.query.get("script", "")
        tag = f'<script src="/script?name={script}" data-snag-app="site"></script>' if script else ""
        return web.Response(text=PAGE.replace("{tag}", tag), content_type="text/html")

    async def script(request: web.Request) -> web.Response:
        return web.Response(body=scripts[request.query["name"]], content_type="text/javascript")

    async def sink(request: web.Request) -> web.Response:
        if request.method == "POST":
            app[SENT].append(request.path)
        return web.Response(status=204)

    app = web.Application()
    app[SENT] = []
    app.router.add_get("/page/{any}", page)
    app.router.add_get("/script", script)
    app.router.add_route("*", "/{any:.*}", sink)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    return runner, f"http://127.0.0.1:{runner.addresses[0][1]}"


async def task_seconds(cdp: CDPSession, act: Callable[[], Awaitable[object]]) -> float:
    """Seconds that the page's main thread was busy in the course of `act`."""

    async def metric() -> float:
        found = (await cdp.send("Performance.getMetrics"))["metrics"]
        return next(float(one["value"]) for one in found if one["name"] == "TaskDuration")

    before = await metric()
    await act()
    return await metric() - before


async def heap(cdp: CDPSession) -> float:
    """Bytes in use after the garbage is collected."""
    await cdp.send("HeapProfiler.collectGarbage")
    return float((await cdp.send("Runtime.getHeapUsage"))["usedSize"])


async def measure(page: Page, address: str) -> Measured:
    """One turn of one script."""
    # the same renderer, with nothing of the script in it yet
    await page.goto(address.partition("?")[0])
    cdp = await page.context.new_cdp_session(page)
    # the thread's own clock: what else runs on the machine is not counted
    await cdp.send("Performance.enable", {"timeDomain": "threadTicks"})

    async def load() -> None:
        await page.goto(address)
        await page.wait_for_timeout(500)

    loading = await task_seconds(cdp, load)

    async def click() -> None:
        for _ in range(CLICKS):
            await page.mouse.click(50, 30)

    async def change() -> None:
        await page.evaluate(
            f"(async () => {{ for (let i = 0; i < {CHANGES}; i++) {{ change(); if (i % 10 === 0)"
            " await new Promise(r => setTimeout(r)); } })()"
        )
        await page.wait_for_timeout(500)

    changing = await task_seconds(cdp, change)
    clicking = await task_seconds(cdp, click)
    sizes = []
    for _ in range(3):
        await page.evaluate(f"course({VIEWS})")
        await page.wait_for_timeout(6000)  # what waits for a verdict lets go
        sizes.append(await heap(cdp))
    return {
        "clicks": clicking,
        "changes": changing,
        "load": loading,
        "first": (sizes[1] - sizes[0]) / 1024,
        "second": (sizes[2] - sizes[1]) / 1024,
    }


async def play(scripts: dict[str, bytes], turns: int) -> dict[str, list[Measured]]:
    """Every script in every turn, one after the other."""
    runner, origin = await serve(scripts)
    found: dict[str, list[Measured]] = {name: [] for name in ("", *scripts)}
    async with async_playwright() as playwright:
        names = ("chromium-headless-shell", "chromium", "chromium-browser")
        browser = await playwright.chromium.launch(
            executable_path=os.environ.get("SNAG_CHROMIUM") or next(filter(None, map(shutil.which, names)), None)
        )
        for _ in range(turns):
            for name, turn in found.items():
                context = await browser.new_context()
                runner.app[SENT].clear()
                measured = await measure(await context.new_page(), f"{origin}/page/0?script={name}")
                await context.close()
                turn.append(measured | {"sent": len(runner.app[SENT])})
        await browser.close()
    await runner.cleanup()
    return found


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--turns", type=int, default=5)
    options.add_argument("--alone", action="store_true", help="only ours beside no agent")
    given = options.parse_args()
    scripts = {"snagwatch": files("collector").joinpath("static", "agent.js").read_bytes()}
    with tempfile.TemporaryDirectory() as folder:
        esbuild = Path(__file__).parents[1] / "agent" / "node_modules" / ".bin" / "esbuild"
        for i, name in enumerate(() if given.alone else OTHERS):
            (into := Path(folder) / str(i)).mkdir()
            script = install(name, into, esbuild)
            if script is None:
                print(f"{name}: npm cannot install it here, left out")
            else:
                scripts[name] = script
        found = asyncio.run(play(scripts, given.turns))
    print(f"{'':24}{'gzip -9':>9}{'clicks':>9}{'changes':>9}{'load':>9}{'heap KiB, 1st and 2nd half':>28}{'sent':>6}")
    none = found[""]
    for name, turn in found.items():
        size = len(gzip.compress(scripts[name], 9)) if name else 0
        ratio = {
            what: statistics.median(one[what] / other[what] for one, other in zip(turn, none, strict=True))
            for what in ("clicks", "changes", "load")
        }
        middle = {what: statistics.median(one[what] for one in turn) for what in ("first", "second", "sent")}
        print(
            f"{name or 'no agent':24}{size:9,}{ratio['clicks']:8.2f}x{ratio['changes']:8.2f}x{ratio['load']:8.2f}x"
            f"{middle['first']:15.0f}{middle['second']:13.0f}{middle['sent']:6.0f}"
        )


if __name__ == "__main__":
    main()
