"""Every fault has its status, its fault, its reason and its step; noise has none of them."""

import asyncio
import os
import signal
import socket
import time

import pytest

from synthetic import processes, step
from tests.synthetic.faulty import certificate, serve

pytestmark = pytest.mark.asyncio(loop_scope="session")


def verdict(done):
    return done.status, done.fault, done.reason, done.step


def opens(path, *, then="Shown", wait_s=0.3):
    """A visitor who opens a page and reads it."""

    async def script(page):
        async with step("begin"):
            pass
        async with step("open"):
            await page.goto(path)
            if then:
                await page.get_by_text(then).wait_for(timeout=2000)
            await asyncio.sleep(wait_s)

    return script


FRICTION = [
    ("/dialog", "unexpected_dialog"),
    ("/confirms", "unexpected_dialog"),
    ("/broken", "page_error"),
    ("/rejects", "page_error"),
    ("/missing", "page_error"),
]


@pytest.mark.parametrize(("path", "kind"), FRICTION)
async def test_friction_that_nobody_asserts_on_degrades(go, path, kind):
    done = await go(opens(path))
    assert verdict(done) == ("degraded", "friction", kind, "open"), done.evidence


@pytest.mark.long
@pytest.mark.parametrize(("path", "kind"), FRICTION)
async def test_friction_that_is_meant_to_be_passes(go, path, kind):
    assert (await go(opens(path), allow=[kind])).status == "passed"


@pytest.mark.parametrize("path", ["/console", "/badimage", "/slowimage", "/thirdparty", "/spinner", "/file"])
async def test_noise_is_no_verdict(go, path):
    done = await go(opens(path), slow="2s")
    assert (done.status, done.friction) == ("passed", []), done.message


async def test_noise_is_evidence(go):
    done = await go(opens("/badimage"))
    assert any("/404/picture.png: answered 404" in line for line in done.evidence), done.evidence
    done = await go(opens("/thirdparty"))
    assert any("localhost:9/tracker.js (another site's)" in line for line in done.evidence), done.evidence


async def test_a_window_that_nobody_expected_degrades_and_one_that_is_waited_for_does_not(go):
    async def surprised(page):
        async with step("terms"):
            await page.goto("/popup")
            await page.get_by_role("button").click()
            await page.get_by_text("opened").wait_for()
            await asyncio.sleep(0.3)

    async def expecting(page):
        async with step("terms"):
            await page.goto("/popup")
            async with page.expect_popup() as opened:
                await page.get_by_role("button").click()
            await (await opened.value).get_by_text("The end").wait_for()

    assert verdict(await go(surprised)) == ("degraded", "friction", "unexpected_popup", "terms")
    assert (await go(expecting)).status == "passed"


async def test_a_dialog_that_the_script_answers_itself_is_expected(go):
    async def script(page):
        page.on("dialog", lambda dialog: dialog.accept())
        async with step("open"):
            await page.goto("/confirms")
            await page.wait_for_function("document.title == 'true'")

    assert (await go(script)).status == "passed"


async def test_a_page_that_asks_whether_to_leave_is_left(go):
    async def script(page):
        async with step("open"):
            await page.goto("/leave")
            await page.get_by_label("Name").fill("x")
            await page.get_by_role("link").click()
            await page.get_by_text("The end").wait_for()

    assert verdict(await go(script)) == ("degraded", "friction", "unexpected_dialog", "open")


@pytest.mark.long
async def test_a_load_that_never_ends_is_friction_and_no_outage(go):
    done = await go(opens("/loading"))
    assert verdict(done) == ("degraded", "friction", "load_never_fired", "open")
    assert done.steps[-1].duration_ms < 5000, "the visitor had the page all the time"


async def test_a_dead_click_at_the_very_end_is_judged(go):
    async def script(page):
        async with step("pay"):
            await page.goto("/dead")
            await page.get_by_role("button", name="Pay").click()

    assert verdict(await go(script)) == ("degraded", "friction", "dead_click", "pay")


async def test_a_click_that_throws_degrades(go):
    async def script(page):
        async with step("pay"):
            await page.goto("/throws")
            await page.get_by_role("button", name="Pay").click()

    done = await go(script)
    assert (done.status, done.fault, done.step) == ("degraded", "friction", "pay")
    assert done.reason in ("page_error", "error_click")


async def test_an_error_within_a_frame_of_the_site_is_the_site_s(go):
    assert verdict(await go(opens("/badframe", then="Outside"))) == (
        "degraded",
        "friction",
        "page_error",
        "open",
    )


async def test_a_frame_can_be_worked_in(go):
    async def script(page):
        async with step("inside"):
            await page.goto("/frame")
            await page.frame_locator("iframe").get_by_role("button", name="Inside").click()

    assert (await go(script)).status == "passed"


@pytest.mark.parametrize(
    ("path", "status", "fault", "reason"),
    [
        ("/503", "failed", "infrastructure", "http.5xx"),
        ("/502", "failed", "infrastructure", "http.5xx"),
        ("/500", "failed", "technical", "http.5xx"),
        ("/404", "failed", "technical", "http.4xx"),
        ("/loop", "failed", "technical", "net.redirects"),
        ("/download", "failed", "technical", "download"),
        ("/resets", "failed", "infrastructure", "net.empty"),
        ("/spinner", "failed", "technical", "step.timeout"),
        ("/wrong", "failed", "technical", "step.timeout"),
    ],
)
async def test_a_page_that_does_not_come_fails_by_its_fault(go, path, status, fault, reason):
    done = await go(opens(path, then="Nowhere"))
    assert verdict(done) == (status, fault, reason, "open"), done.message


@pytest.mark.parametrize(("path", "fault"), [("/503", "infrastructure"), ("/500", "technical")])
async def test_a_page_answered_5xx_fails_also_where_nobody_looks(go, path, fault):
    done = await go(opens(path, then=""))
    assert verdict(done) == ("failed", fault, "http.5xx", "open")
    assert (await go(opens(path, then=""), allow=["http_error"])).status == "passed"


async def test_a_page_answered_404_degrades_where_nobody_looks(go):
    assert verdict(await go(opens("/404", then=""))) == ("degraded", "friction", "error_page", "open")


async def test_a_later_page_answered_503_is_the_site_s_own(go):
    async def script(page):
        async with step("open"):
            await page.goto("/")
        async with step("pay"):
            await page.goto("/503")

    assert verdict(await go(script)) == ("failed", "technical", "http.5xx", "pay")


async def test_a_click_into_nothing_is_blamed_on_its_step(go):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        nowhere = f"http://127.0.0.1:{free.getsockname()[1]}/"

    async def script(page):
        async with step("open"):
            await page.goto(f"/goes-away?refused={nowhere}")
        async with step("go"):
            await page.get_by_role("link").click()
        async with step("read"):
            await page.get_by_text("Nowhere").wait_for(timeout=1000)

    assert verdict(await go(script)) == ("failed", "infrastructure", "net.refused", "go")


@pytest.mark.parametrize(
    ("url", "reason"),
    [("http://no-such-host.invalid/", "net.dns"), ("http://127.0.0.1:{free}/", "net.refused")],
)
async def test_a_site_that_cannot_be_reached_is_infrastructure(go, url, reason):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = url.format(free=free.getsockname()[1])
    assert verdict(await go(opens(url))) == ("failed", "infrastructure", reason, "open")


@pytest.mark.parametrize(
    ("names", "days", "reason", "words"),
    [
        (("127.0.0.1",), -3, "net.tls.expired", "expired on"),
        (("shop.example",), 30, "net.tls.name", "is for shop.example"),
        (("127.0.0.1",), 30, "net.tls.untrusted", "is signed by itself"),
    ],
)
async def test_a_bad_certificate_is_named(go, tmp_path, names, days, reason, words):
    async with serve(certificate(tmp_path, names=names, days=days)) as secure:
        done = await go(opens(secure.url))
    assert verdict(done) == ("failed", "infrastructure", reason, "open")
    assert words in done.message


async def test_a_site_that_never_answers_is_infrastructure(go):
    began = time.monotonic()
    done = await go(opens("/hangs"), timeout="2s")
    assert verdict(done) == ("failed", "infrastructure", "deadline", "open")
    assert time.monotonic() - began < 12 + 3  # and the start of the browser


@pytest.mark.long
async def test_a_click_to_a_page_that_never_answers_is_blamed_on_the_click(go):
    async def script(page):
        async with step("open"):
            await page.goto("/hangs-later")
        async with step("go"):
            await page.get_by_role("link").click()
        async with step("read"):
            await page.get_by_text("Nowhere").wait_for(timeout=1000)

    assert verdict(await go(script)) == ("failed", "infrastructure", "net.timeout", "go")


@pytest.mark.long
async def test_a_page_whose_script_never_ends_is_technical(go):
    async def script(page):
        async with step("open"):
            await page.goto("/busy")
            await asyncio.sleep(0.4)
        async with step("read"):
            await page.get_by_text("Nowhere").wait_for(timeout=1000)

    assert verdict(await go(script)) == ("failed", "technical", "page.hung", "read")
    assert (await go(opens("/", then="Welcome"))).status == "passed", "the next run has a fresh browser"


async def test_wrong_content_is_named(go):
    from playwright.async_api import expect

    async def script(page):
        async with step("total"):
            await page.goto("/wrong")
            await expect(page.locator("p")).to_have_text("Total: 5.00", timeout=500)

    done = await go(script)
    assert verdict(done) == ("failed", "technical", "assert.text", "total")
    assert "Total: 0.00" in done.message


async def test_the_failing_request_behind_a_missing_element_is_the_reason(go):
    async def script(page):
        async with step("pay"):
            await page.goto("/api")
            await page.get_by_role("button", name="Pay").click()
            await page.get_by_text("Paid").wait_for(timeout=1000)

    done = await go(script)
    assert verdict(done) == ("failed", "technical", "http.5xx", "pay")
    assert "/503/api was answered 503" in done.message


async def test_the_page_error_behind_a_missing_element_is_the_reason(go):
    async def script(page):
        async with step("pay"):
            await page.goto("/throws")
            await page.get_by_role("button", name="Pay").click()
            await page.get_by_text("Paid").wait_for(timeout=1000)

    assert verdict(await go(script)) == ("failed", "technical", "page.error", "pay")


async def test_a_page_that_eats_memory_is_the_site_s_fault(go):
    done = await go(opens("/hog", wait_s=30), target={"memory_mb": 400})
    assert verdict(done) == ("failed", "technical", "memory", "open")


async def test_a_killed_renderer_is_the_monitor_s_fault(go, warm):
    async def script(page):
        async with step("open"):
            await page.goto("/")
            for one in warm.pages():
                os.kill(one.pid, signal.SIGKILL)
            await page.get_by_text("The end").wait_for()

    assert verdict(await go(script)) == ("error", "monitor", "browser.crash", "open")


async def test_a_killed_renderer_is_noticed_though_the_script_asks_nothing_more(go, warm):
    async def script(page):
        async with step("open"):
            await page.goto("/")
            for one in warm.pages():
                os.kill(one.pid, signal.SIGKILL)
            await asyncio.sleep(5)

    assert verdict(await go(script)) == ("error", "monitor", "browser.crash", "open")


async def test_a_killed_browser_is_the_monitor_s_fault_and_leaves_nothing(go, warm):
    async def script(page):
        async with step("open"):
            await page.goto("/")
            before.extend(one.pid for one in warm.family())
            os.kill(warm.pid, signal.SIGKILL)
            await page.get_by_text("The end").wait_for()

    before: list[int] = []
    assert verdict(await go(script)) == ("error", "monitor", "browser.crash", "open")
    known = processes.table()
    assert [pid for pid in before if pid in known and known[pid].state not in "ZX"] == []


@pytest.mark.long
async def test_a_stopped_browser_is_the_monitor_s_fault(go, warm):
    async def script(page):
        async with step("open"):
            await page.goto("/")
            for one in warm.family():
                os.kill(one.pid, signal.SIGSTOP)
            await page.get_by_text("The end").wait_for()

    began = time.monotonic()
    done = await go(script, timeout="4s")
    assert verdict(done) == ("error", "monitor", "browser.hung", "open")
    assert time.monotonic() - began < 4 + 10 + 3


@pytest.mark.parametrize("wrong", ["page.nothing", "undefined_name", "page.locator('>>>').click()"])
async def test_a_journey_that_is_broken_as_a_program_blames_no_site(go, wrong):
    async def script(page):
        async with step("open"):
            await page.goto("/")
            found = eval(wrong)
            if asyncio.iscoroutine(found):
                await found

    assert verdict(await go(script)) == ("error", "monitor", "journey.error", "open")


async def test_an_optional_step_lets_the_run_go_on_and_degrades_it(go):
    async def script(page):
        async with step("open"):
            await page.goto("/")
        async with step("newsletter", optional=True):
            await page.get_by_text("Subscribe").click(timeout=300)
        async with step("next"):
            await page.get_by_role("link").click()

    done = await go(script)
    assert verdict(done) == ("degraded", "technical", "step.timeout", "newsletter")
    assert [s.status for s in done.steps] == ["ok", "failed", "ok"]


async def test_to_pass_after_a_failure_is_flaky_and_keeps_what_failed(go):
    async def script(page):
        async with step("open"):
            await page.goto("/sometimes")
            await page.get_by_role("link", name="Next").wait_for(timeout=500)

    done = await go(script, retries=1)
    assert verdict(done) == ("flaky", "technical", "step.timeout", "open")
    assert (done.attempts, [s.attempt for s in done.steps]) == (2, [1, 2])


async def test_to_pass_after_the_monitor_failed_is_to_pass(go, warm):
    async def script(page, run):
        async with step("open"):
            await page.goto("/")
            if run.attempt == 1:
                os.kill(warm.pid, signal.SIGKILL)
            await page.get_by_role("link", name="Next").wait_for()

    done = await go(script, retries=1)
    assert (done.status, done.attempts) == ("passed", 2)
    assert "the browser was lost" in done.earlier[0]
