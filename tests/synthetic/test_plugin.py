"""A test for pytest-playwright is a journey as it is, and a journey is a test."""

import asyncio
import json
import subprocess
import sys

import pytest

from tests.synthetic.faulty import serve

SYNC_TEST = """
from synthetic import step

def test_front_door(page):
    page.goto("/")
    with step("next"):
        page.get_by_role("link", name="Next").click()
        page.get_by_text("The end").wait_for()

def test_dialog(page):
    page.goto("/dialog")
    page.wait_for_timeout(400)
"""

COROUTINE = """
from synthetic import step

async def test_front_door(page, base_url):
    await page.goto(base_url + "/")
    async with step("next"):
        await page.get_by_role("link", name="Nowhere").click(timeout=500)
"""

JOURNEY = """
from synthetic import journey, step

@journey("front door", slow="9s")
async def front_door(page):
    async with step("open"):
        await page.goto("/")

@journey("broken door", slow="9s")
async def broken_door(page):
    async with step("open"):
        await page.goto("/503")
"""


async def command(*args):
    process = await asyncio.create_subprocess_exec(
        sys.executable, *args, stdout=asyncio.subprocess.PIPE, stderr=subprocess.STDOUT
    )
    out, _ = await process.communicate()
    return process.returncode, out.decode()


@pytest.mark.long
async def test_a_test_of_the_sync_api_runs_unchanged_as_a_journey(tmp_path):
    file = tmp_path / "test_shop.py"
    file.write_text(SYNC_TEST)
    async with serve() as site:
        code, out = await command(
            "-m",
            "collector",
            "journeys",
            "run",
            f"{file}::test_front_door",
            f"{file}::test_dialog",
            "--json",
            "--base-url",
            site.url,
        )
    assert code == 0, out
    door, dialog = [json.loads(line) for line in out.splitlines()]
    assert (door["journey"], door["status"]) == ("test_front_door", "passed")
    assert [(s["name"], s["parent"]) for s in door["steps"]] == [("test", ""), ("next", "test")]
    assert (dialog["status"], dialog["reason"]) == ("degraded", "unexpected_dialog")


@pytest.mark.long
async def test_a_coroutine_runs_as_a_journey_too(tmp_path):
    file = tmp_path / "test_shop.py"
    file.write_text(COROUTINE)
    async with serve() as site:
        code, out = await command(
            "-m", "collector", "journeys", "run", f"{file}::test_front_door", "--json", "--base-url", site.url
        )
    said = json.loads(out)
    assert (code, said["status"], said["reason"], said["step"]) == (1, "failed", "step.timeout", "next")


async def test_a_file_of_journeys_is_a_file_of_tests(tmp_path):
    file = tmp_path / "shop.py"
    file.write_text(JOURNEY)
    async with serve() as site:
        code, out = await command(
            "-m",
            "pytest",
            "-p",
            "synthetic.plugin",
            "-p",
            "no:cacheprovider",
            "--rootdir",
            str(tmp_path),
            str(file),
            "--snag-results",
            str(tmp_path / "out.ndjson"),
            "--snag-base-url",
            site.url,
        )
    assert code == 1
    assert "1 failed, 1 passed" in out
    assert "infrastructure http.5xx in step 'open'" in out
    lines = [json.loads(line) for line in (tmp_path / "out.ndjson").read_text().splitlines()]
    assert [line["status"] for line in lines] == ["passed", "failed"]


OWN = """
import asyncio
import pytest_asyncio


@pytest_asyncio.fixture
async def page():
    return asyncio.get_running_loop()


async def test_own_page(page):
    assert page is asyncio.get_running_loop()
"""


async def test_a_project_with_a_page_fixture_of_its_own_keeps_its_own_loop(tmp_path):
    file = tmp_path / "test_own.py"
    file.write_text(OWN)
    code, out = await command(
        "-m",
        "pytest",
        "-p",
        "synthetic.plugin",
        "-p",
        "no:cacheprovider",
        "-o",
        "asyncio_mode=auto",
        "--rootdir",
        str(tmp_path),
        str(file),
    )
    assert (code, "1 passed" in out) == (0, True), out
