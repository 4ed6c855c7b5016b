"""A journey says what a visitor would have met, and whose fault it was."""

import asyncio
import json
import os
import signal
import time

import msgspec
import pytest

from collector.events import Beacon, JourneyRun, JourneyStep
from collector.intake.beacon import decode
from synthetic.journey import REGISTERED, journey, step
from synthetic.runner import Target, run


@pytest.fixture(autouse=True)
def _no_journeys_of_others():
    before = dict(REGISTERED)
    yield
    REGISTERED.clear()
    REGISTERED.update(before)


async def go(browser, site, script, **options):
    journey("test", **options)(script)
    target = Target(base_url=site.url, app="site", env="test", location="here", browser_version="x")
    return await run(REGISTERED["test"], browser, target)


async def test_a_journey_without_trouble_passes_with_its_steps(browser, site):
    async def script(page, run):
        async with step("open"):
            await page.goto("/")
        async with step("go on", slow="9s"):
            await page.get_by_role("link", name="Next").click()
            await page.get_by_text("The end").wait_for()
        assert [s.name for s in run.steps] == ["open", "go on"]

    done = await go(browser, site, script, slow="9s")
    assert (done.ending.status, done.ending.fault, done.friction) == ("passed", "none", [])
    assert [(s.name, s.threshold_ms, s.failed) for s in done.steps] == [
        ("open", 9000, False),
        ("go on", 9000, False),
    ]


async def test_what_is_posted_is_what_any_agent_posts(browser, site):
    async def script(page):
        async with step("open"):
            await page.goto("/")

    done = await go(browser, site, script, slow="9s")
    beacons: list[Beacon] = [decode(msgspec.json.encode(beacon)) for beacon in done.beacons]
    events = [event for beacon in beacons for event in beacon.events]
    assert {(b.traffic_source, b.app, b.run_id) for b in beacons} == {("synthetic", "site", done.run_id)}
    assert [type(event) for event in events[:2]] == [JourneyRun, JourneyStep]
    seen = {event.__struct_config__.tag: event for event in events}
    assert seen["page_view"].page_group == "/site"
    assert (seen["page_view"].journey, seen["page_view"].step) == ("test", "open")
    assert seen["web_vital"].value > 0


async def test_a_slow_step_degrades_and_is_no_failure(browser, site):
    async def script(page):
        async with step("open", slow="300ms"):
            await page.goto("/slow")

    done = await go(browser, site, script)
    assert (done.ending.status, done.ending.fault, done.ending.reason, done.ending.step) == (
        "degraded", "friction", "slow_step", "open",
    )  # fmt: skip
    assert done.ending.message.endswith("ms, its limit is 300 ms")


@pytest.mark.parametrize(("path", "kind"), [("/broken", "page_error"), ("/dialog", "unexpected_dialog")])
async def test_friction_that_nobody_asserts_on_degrades(browser, site, path, kind):
    async def script(page):
        async with step("open"):
            await page.goto(path)
            await page.get_by_text("Shown").wait_for()
            await asyncio.sleep(0.5)

    done = await go(browser, site, script, slow="9s")
    assert (done.ending.status, done.ending.fault, done.ending.reason) == ("degraded", "friction", kind)


async def test_a_dead_click_in_a_journey_is_the_same_as_a_visitor_s(browser, site):
    async def script(page):
        async with step("pay"):
            await page.goto("/dead")
            await page.get_by_role("button", name="Pay").click()
            await asyncio.sleep(2.6)

    done = await go(browser, site, script, slow="20s")
    assert done.friction == ["dead_click"]
    assert done.ending.status == "degraded"


async def test_beside_the_site_s_own_agent_nothing_is_told_twice(browser, site):
    async def script(page):
        async with step("open"):
            await page.goto("/broken?tagged=1")
            await asyncio.sleep(0.6)

    done = await go(browser, site, script, slow="9s")
    assert done.friction == ["page_error"]
    assert site.own == [], "no synthetic visit among the visitors"


@pytest.mark.parametrize(
    ("path", "status", "fault", "reason"),
    [
        ("/503", "failed", "infrastructure", "http.5xx"),
        ("/404", "failed", "technical", "http.4xx"),
        ("/", "failed", "technical", "step.timeout"),
    ],
)
async def test_a_journey_that_cannot_go_on_fails_by_its_fault(browser, site, path, status, fault, reason):
    async def script(page):
        page.set_default_timeout(400)
        async with step("open"):
            await page.goto(path)
        async with step("find"):
            await page.get_by_role("button", name="Nowhere").click()

    done = await go(browser, site, script)
    assert (done.ending.status, done.ending.fault, done.ending.reason, done.ending.step) == (
        status,
        fault,
        reason,
        "find",
    )


async def test_a_site_that_refuses_connections_is_infrastructure(browser, site):
    async def script(page):
        async with step("open"):
            await page.goto("http://127.0.0.1:9/")

    done = await go(browser, site, script)
    assert done.ending.fault == "infrastructure"
    assert done.ending.reason in ("net.refused", "net.other")  # 9 is a port that browsers do not use at all


async def test_a_run_ends_with_its_timeout_whatever_the_page_does(browser, site):
    async def script(page):
        async with step("open"):
            await page.goto("/hangs")

    began = time.monotonic()
    done = await go(browser, site, script, timeout="1s")
    assert (done.ending.status, done.ending.reason, done.ending.step) == ("failed", "deadline", "open")
    assert time.monotonic() - began < 15


async def test_a_lost_browser_is_the_monitor_s_fault_and_never_the_site_s(browser, site):
    session = await browser.new_browser_cdp_session()
    processes = (await session.send("SystemInfo.getProcessInfo"))["processInfo"]
    pid = next(p["id"] for p in processes if p["type"] == "browser")

    async def script(page):
        async with step("open"):
            await page.goto("/")
            os.kill(pid, signal.SIGKILL)
            await page.get_by_text("The end").wait_for()

    done = await go(browser, site, script)
    assert (done.ending.status, done.ending.fault, done.ending.reason) == (
        "error",
        "monitor",
        "browser.crash",
    )


async def test_a_step_outside_of_a_journey_says_how_to_run_it():
    with pytest.raises(
        RuntimeError, match="step 'x' is not inside a journey: run it with `snag journeys run`"
    ):
        async with step("x"):
            pass


def test_two_journeys_of_one_name_are_refused_with_both_places():
    @journey("twice")
    async def one(page): ...

    with pytest.raises(
        ValueError,
        match=r"two journeys are called 'twice': .*test_journeys.py:\d+ and .*test_journeys.py:\d+",
    ):

        @journey("twice")
        async def two(page): ...


@pytest.mark.parametrize(
    ("args", "code", "said"),
    [
        (
            ["{folder}/none.py"],
            2,
            "snag: {folder}/none.py does not exist; right would be a .py file with @journey in it",
        ),
        (
            ["{folder}/empty.py"],
            2,
            'snag: no journeys found: a journey is a coroutine function under @journey("name")',
        ),
        (
            ["{folder}/wrong.py"],
            2,
            "snag: {folder}/wrong.py cannot be loaded: ZeroDivisionError: division by zero",
        ),
    ],
)
def test_what_is_no_journey_is_named(tmp_path, capsys, monkeypatch, args, code, said):
    from collector.cli import main

    monkeypatch.setattr(os, "environ", {k: v for k, v in os.environ.items() if not k.startswith("SNAG_")})
    (tmp_path / "empty.py").write_text("")
    (tmp_path / "wrong.py").write_text("1 / 0")
    paths = [arg.format(folder=tmp_path) for arg in args]
    assert main(["journeys", "run", *paths, "--base-url", "http://127.0.0.1:9"]) == code
    assert said.format(folder=tmp_path) in capsys.readouterr().err


async def test_the_command_runs_a_file_and_prints_json(site, tmp_path):
    import sys

    (tmp_path / "shop.py").write_text(
        "from synthetic import journey, step\n"
        "@journey('front door', slow='9s')\n"
        "async def front_door(page):\n"
        "    async with step('open'):\n"
        "        await page.goto('/')\n"
    )
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "collector", "journeys", "run", str(tmp_path / "shop.py"), "--base-url", site.url,
        "--json", "--collector", site.url, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    out, _ = await process.communicate()
    said = json.loads(out)
    assert process.returncode == 0
    assert (said["journey"], said["status"], [s["name"] for s in said["steps"]]) == (
        "front door",
        "passed",
        ["open"],
    )
    assert decode(site.own[0]).traffic_source == "synthetic"
