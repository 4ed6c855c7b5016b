"""The real Faro web SDK in a real browser, sending to a real collector's port: what arrives in the store."""

import asyncio
import json
import shutil
import subprocess
from pathlib import Path

import pytest
from aiohttp import web
from prometheus_client import CollectorRegistry

from collector.intake.admission import Policy
from collector.telemetry import Metrics
from tests.browser import browser  # noqa: F401 (a fixture)
from tests.intake.test_http import Lines, port

AGENT = Path(__file__).parents[3] / "agent"
SDK = AGENT / "node_modules/@grafana/faro-web-sdk/dist/bundle/faro-web-sdk.iife.js"

PAGE = """<!doctype html><title>Cart</title><button id=b data-faro-user-action-name="pay">Pay</button>
<script src=/sdk.js></script><script>
const {{initializeFaro, getWebInstrumentations}} = GrafanaFaroWebSdk;
const faro = initializeFaro({{url: "http://127.0.0.1:{port}/faro/collect",
  app: {{name: "shop", version: "2.4.1", environment: "production"}}, user: {{email: "ann@example.org"}},
  instrumentations: getWebInstrumentations({{captureConsole: true}})}});
b.onclick = () => {{ fetch("/api/pay/17", {{method: "POST"}});
  setTimeout(() => {{ throw new TypeError("cannot read 'ann@x.org' of 42") }}, 10) }};
console.error("only said"); faro.api.pushEvent("contact_opened");
</script>"""


@pytest.fixture(scope="module")
def sdk() -> str:
    if not SDK.exists():
        if not shutil.which("npm"):
            pytest.fail("no npm: install Node 20, or run ./dev test, which brings it")
        subprocess.run(["npm", "ci"], cwd=AGENT, check=True, capture_output=True)
    return SDK.read_text(encoding="utf-8")


async def test_a_visit_that_faro_saw_is_in_our_words(sdk, browser):  # noqa: F811
    queue, metrics = Lines(), Metrics(CollectorRegistry())
    async with port(queue, metrics, Policy(foreign=frozenset(("faro",)))) as at:
        site = web.Application()
        page_text = PAGE.format(port=at)
        site.router.add_get("/cart/4711", _serving(page_text, "text/html"))
        site.router.add_get("/sdk.js", _serving(sdk, "text/javascript"))
        site.router.add_post("/api/pay/17", _serving("", "text/plain", 500))
        runner = web.AppRunner(site)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        try:
            page = await browser.new_page()
            faults: list[str] = []
            page.on("console", lambda said: faults.append(said.text) if "CORS" in said.text else None)
            await page.goto(f"http://127.0.0.1:{runner.addresses[0][1]}/cart/4711?q=secret")
            for _ in range(4):
                await page.click("#b")
            await page.wait_for_timeout(1000)
            await page.goto("about:blank")
            wanted = {"page_view", "page_error", "failed_action", "contact_opened", "LCP", "TTFB"}
            for _ in range(200):
                if wanted <= {one.get("metric", one["kind"]) for one in _events(queue)}:
                    break
                await asyncio.sleep(0.05)
        finally:
            await runner.cleanup()
    found = _events(queue)
    by_kind = {one.get("metric", one["kind"]): one for one in found}
    assert wanted <= by_kind.keys()
    assert faults == []
    assert {one["page_group"] for one in found} == {"/cart/:id"}
    error = by_kind["page_error"]
    assert (error["error_type"], error["error_message"]) == ("TypeError", "cannot read <email> of #")
    failed = by_kind["failed_action"]
    assert (failed["status"], failed["target_name"]) == (500, "pay")
    assert failed["route"].endswith("/api/pay/:id")
    assert len([one for one in found if one["kind"] == "page_view"]) == 1
    assert len({json.loads(line)["session_id"] for line in queue}) == 1
    for line in queue:
        assert b"ann@" not in line
        assert b"example.org" not in line
        assert b"secret" not in line
        assert b"only said" not in line
    assert metrics.counts.get("snag_collector_beacons", "refused") == 0


def _events(queue: Lines) -> list[dict]:
    tables = ("page_views", "friction_events", "help_events", "web_vitals", "resource_timings")
    return [one for line in queue for table in tables for one in json.loads(line).get(table, [])]


def _serving(text: str, content_type: str, status: int = 200):
    async def serve(_: web.Request) -> web.Response:
        return web.Response(text=text, content_type=content_type, status=status)

    return serve
