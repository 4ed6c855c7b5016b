"""One trace for each run, one span for each step; the site's own requests carry it, nobody else's do."""

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from synthetic import step, tracing
from tests.synthetic.faulty import serve

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.fixture
def spans(monkeypatch):
    """What was recorded."""
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    monkeypatch.setattr(tracing, "tracer", provider.get_tracer("test"))
    return exporter


def carried(site):
    return {
        path: headers.get("traceparent", "") for _, path, headers in site.requests if not path.startswith("/favicon")
    }


async def test_the_site_s_own_requests_carry_the_step_and_no_other_s_do(go, site, spans):
    async with serve(host="localhost") as other:
        port = other.url.rpartition(":")[2]

        async def script(page):
            async with step("open"):
                await page.goto(f"/thirdparty?other={port}")
                await page.get_by_text("Shown").wait_for()
            async with step("pay"):
                await page.goto("/ajax")
                await page.get_by_role("button").click()
                await page.get_by_text("Paid").wait_for()
            async with step("away"):
                await page.goto(f"/away?to={other.url}/next")

        site.requests.clear()
        done = await go(script)
        theirs = carried(other)
    assert theirs == dict.fromkeys(theirs, ""), "not even after a redirect"
    assert set(theirs) >= {"/503", "/next"}
    ours = carried(site)
    assert set(ours) >= {"/thirdparty", "/ajax", "/json", "/away"}
    names = {f"{span.context.span_id:016x}": span.name for span in spans.get_finished_spans()}
    assert {path: names[value.split("-")[2]] for path, value in ours.items()} == {
        "/thirdparty": "step open",
        "/ajax": "step pay",
        "/json": "step pay",
        "/away": "step away",
    }
    assert {value.split("-")[1] for value in ours.values()} == {done.trace_id}
    assert [span.name for span in spans.get_finished_spans()][-1] == "journey test"


async def test_without_an_endpoint_nothing_is_put_on_requests(go, site):
    async def script(page):
        async with step("open"):
            await page.goto("/next")

    site.requests.clear()
    done = await go(script)
    assert carried(site) == {"/next": ""}
    assert done.trace_id == ""
