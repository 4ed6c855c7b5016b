"""A journey says what a visitor would have met, and whose fault it was."""

import asyncio
import json

import msgspec
import pytest

from collector.events import Beacon, JourneyRun, JourneyStep
from collector.intake.decode import decode
from synthetic.journey import step

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_journey_without_trouble_passes_with_its_steps(go, site):
    async def script(page, run):
        async with step("open"):
            await page.goto("/")
        async with step("go on", slow="9s"):
            await page.get_by_role("link", name="Next").click()
            await page.get_by_text("The end").wait_for()
        assert [s.name for s in run.steps] == ["open", "go on"]

    done = await go(script, slow="9s")
    assert (done.status, done.fault, done.friction) == ("passed", "none", [])
    assert [(s.name, s.threshold_ms, s.status) for s in done.steps] == [
        ("open", 9000, "ok"),
        ("go on", 9000, "ok"),
    ]


async def test_what_is_posted_is_what_any_agent_posts(go, site):
    async def script(page):
        async with step("open"):
            await page.goto("/")

    done = await go(script, slow="9s")
    beacons: list[Beacon] = [decode(msgspec.json.encode(beacon)) for beacon in done.beacons]
    events = [event for beacon in beacons for event in beacon.events]
    assert {(b.traffic_source, b.app, b.run_id) for b in beacons} == {("synthetic", "site", done.run_id)}
    assert [type(event) for event in events[:2]] == [JourneyRun, JourneyStep]
    seen = {event.__struct_config__.tag: event for event in events}
    assert seen["page_view"].page_group == "/site"
    assert (seen["page_view"].journey, seen["page_view"].step) == ("test", "open")
    assert seen["web_vital"].value > 0


async def test_a_slow_step_degrades_and_is_no_failure(go, site):
    async def script(page):
        async with step("open", slow="300ms"):
            await page.goto("/slow")

    done = await go(script)
    assert (done.status, done.fault, done.reason, done.step) == ("degraded", "friction", "slow_step", "open")
    assert done.message.endswith("ms, its limit is 300 ms")


async def test_a_dead_click_in_a_journey_is_the_same_as_a_visitor_s(go, site):
    async def script(page):
        async with step("pay"):
            await page.goto("/dead")
            await page.get_by_role("button", name="Pay").click()
            await asyncio.sleep(2.6)

    done = await go(script, slow="20s")
    assert done.friction == ["dead_click"]
    assert done.status == "degraded"


async def test_beside_the_site_s_own_agent_nothing_is_told_twice(go, site):
    async def script(page):
        async with step("open"):
            await page.goto("/broken?tagged=1")
            await asyncio.sleep(0.6)

    done = await go(script, slow="9s")
    assert done.friction == ["page_error"]
    assert site.own == [], "no synthetic visit among the visitors"


async def test_a_step_outside_of_a_journey_says_how_to_run_it():
    with pytest.raises(RuntimeError, match="step 'x' is not inside a journey: run it with `snag journeys run`"):
        async with step("x"):
            pass


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
        sys.executable,
        "-m",
        "collector",
        "journeys",
        "run",
        str(tmp_path / "shop.py"),
        "--base-url",
        site.url,
        "--json",
        "--collector",
        site.url,
        stdout=asyncio.subprocess.PIPE,
    )
    out, _ = await process.communicate()
    said = json.loads(out)
    assert process.returncode == 0
    assert (said["journey"], said["status"], [s["name"] for s in said["steps"]]) == (
        "front door",
        "passed",
        ["open"],
    )
    assert decode(site.own[0]).traffic_source == "synthetic"
