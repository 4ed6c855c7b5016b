"""What the browser tells is heard, however soon a page is left, on every context and page of a run."""

import asyncio

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider

from synthetic import step, tracing

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.fixture(params=[False, True], ids=["without OTLP", "with OTLP"])
def otlp(request, monkeypatch):
    """Whether requests are intercepted to carry `traceparent`."""
    if request.param:
        monkeypatch.setattr(tracing, "tracer", TracerProvider().get_tracer("test"))
    return trace


@pytest.mark.parametrize("stay_s", [0, 0.1, 0.3])
async def test_an_error_of_a_page_that_is_left_at_once_degrades(go, otlp, stay_s):
    async def script(page):
        for number in range(4):
            async with step(f"go {number}"):
                await page.goto("/throws-at-once", wait_until="domcontentloaded")
                await asyncio.sleep(stay_s)
                await page.get_by_role("link").click()
                await page.get_by_text("The end").wait_for()

    done = await go(script)
    assert (done.status, done.reason) == ("degraded", "page_error")
    assert done.message.startswith("the page failed with TypeError: no 'driver' of 42")
    assert [met.friction for met in done.steps] == [["page_error"]] * 4, done.evidence


async def test_each_error_is_told_once_and_in_full_words(go):
    async def script(page):
        async with step("open"):
            await page.goto("/throws-at-once")
            await asyncio.sleep(0.6)

    done = await go(script)
    told = [e for b in done.beacons for e in b.events if type(e).__name__ == "PageError"]
    assert [e.error_message for e in told] == ["no 'driver' of 42"]


async def test_a_window_that_nobody_expected_degrades_with_otlp_too(go, otlp):
    async def script(page):
        async with step("terms"):
            await page.goto("/popup")
            await page.get_by_role("button").click()
            await page.get_by_text("opened").wait_for()
            await asyncio.sleep(0.3)

    assert (await go(script)).reason == "unexpected_popup"


async def test_a_window_that_is_waited_for_is_expected_with_otlp_too(go, otlp):
    async def script(page):
        async with step("terms"):
            await page.goto("/popup")
            async with page.expect_popup() as opened:
                await page.get_by_role("button").click()
            await (await opened.value).get_by_text("The end").wait_for()

    assert (await go(script)).status == "passed"


@pytest.mark.parametrize("by_page", [False, True])
async def test_a_context_that_the_script_makes_is_watched(go, site, by_page):
    async def script(page):
        async with step("other"):
            browser = page.context.browser
            other = await (browser.new_page() if by_page else (await browser.new_context()).new_page())
            await other.goto(f"{site.url}/dialog")
            await asyncio.sleep(0.3)

    done = await go(script)
    assert (done.reason, done.message) == (
        "unexpected_dialog",
        "a dialog came up that nobody expected: alert: Hello",
    )


async def test_words_of_the_site_in_a_call_log_stay_data(go):
    async def script(page):
        async with step("buy"):
            await page.goto("/disabled")
            await page.get_by_role("button", name="Buy").click(timeout=800)

    done = await go(script)
    assert (done.status, done.fault, done.reason) == ("failed", "technical", "step.timeout")


async def test_a_forgotten_await_fails_the_run(go):
    async def script(page):
        async with step("open"):
            await page.goto("/")
            page.get_by_role("link").click()

    done = await go(script)
    assert (done.status, done.reason) == ("error", "journey.error")
    assert "an await is missing: coroutine 'Locator.click' was never awaited" in done.message


async def test_a_deadline_says_what_it_waited_for(go):
    async def script(page):
        async with step("open"):
            await page.goto("/")
            await page.get_by_text("Never there").wait_for(timeout=9000)

    done = await go(script, timeout="1500ms")
    assert (done.status, done.reason) == ("failed", "deadline")
    assert "it was at the step 'open', waiting at test_heard.py:" in done.message
    assert 'get_by_text("Never there")' in done.message
