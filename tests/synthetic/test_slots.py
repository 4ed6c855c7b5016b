"""Nothing that a journey or a page does can hold a runner up, and nothing of a run is left behind."""

import asyncio
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from synthetic import processes, temporary
from synthetic.messages import SetUp
from synthetic.slots import MARK, Slot
from synthetic.target import Target
from tests.synthetic.faulty import serve

JOURNEYS = """
import os, signal, subprocess, sys, time
from synthetic import journey, step

@journey("fine", slow="9s")
async def fine(page):
    async with step("open"):
        await page.goto("/")

@journey("blocks", timeout="1s")
async def blocks(page):
    async with step("open"):
        subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], start_new_session=True)
        time.sleep(600)

@journey("clings", timeout="1s")
async def clings(page):
    async with step("open"):
        while True:
            try:
                await page.get_by_text("Nowhere").wait_for()
            except BaseException:
                pass

@journey("dies")
async def dies(page):
    async with step("open"):
        os.kill(os.getpid(), signal.SIGKILL)

@journey("exits")
async def exits(page):
    async with step("open"):
        sys.exit(3)
"""


@pytest.fixture
async def slot(tmp_path):
    """A slot with the journeys above."""
    (tmp_path / "shop.py").write_text(JOURNEYS)
    async with serve() as site:
        found = Slot(SetUp(paths=[str(tmp_path)], target=Target(base_url=site.url), log_level="ERROR"))
        await found.load()
        yield found
        await found.close()
        assert left(found) == []


def left(slot: Slot) -> list[str]:
    """What is still there of all that the slot has started."""
    return marked(f"{MARK}={slot._mark}")


def marked(mark: str) -> list[str]:
    found = []
    for pid, one in processes.table().items():
        try:
            with open(f"/proc/{pid}/environ", "rb") as file:
                if mark.encode() in file.read().split(b"\0") and one.state not in "ZX":
                    found.append(f"{pid} {one.name} {one.state}")
        except OSError:
            continue
    return found


async def go(slot: Slot, name: str):
    journey = next(one for one in slot.listed if one.name == name)
    began = time.monotonic()
    steps: list[str] = []
    done = await slot.run(journey, step=steps.append)
    return done, time.monotonic() - began, steps


@pytest.mark.long
async def test_a_script_that_blocks_is_killed_with_all_that_it_started(slot):
    assert await slot.ready() == ""
    pid = slot.pid
    done, took_s, steps = await go(slot, "blocks")
    assert (done.status, done.fault, done.reason, done.step) == ("error", "monitor", "deadline", "open")
    assert took_s < 1 + 10
    assert steps == ["open"]
    assert left(slot) == []
    assert pid not in processes.table()
    done, _, _ = await go(slot, "fine")
    assert done.status == "passed", "the next run has a new worker"


@pytest.mark.long
async def test_a_script_that_does_not_let_itself_be_called_off_ends_in_time(slot):
    assert await slot.ready() == ""
    done, took_s, _ = await go(slot, "clings")
    assert done.status in ("failed", "error")
    assert took_s < 1 + 10


@pytest.mark.parametrize("name", ["dies", "exits"])
async def test_a_worker_that_ends_by_itself_is_the_monitor_s_fault(slot, name):
    done, _, _ = await go(slot, name)
    assert (done.status, done.fault, done.step) == ("error", "monitor", "open")
    assert (await go(slot, "fine"))[0].status == "passed"


COMMAND = (sys.executable, "-m", "collector", "journeys")


@pytest.mark.parametrize("sort", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
async def test_however_the_command_ends_nothing_is_left(tmp_path, sort):
    (tmp_path / "shop.py").write_text(JOURNEYS.replace("time.sleep(600)", "await __import__('asyncio').sleep(600)"))
    mark = f"SNAGTEST={tmp_path.name}"
    async with serve() as site:
        process = await asyncio.create_subprocess_exec(
            *COMMAND,
            "run",
            str(tmp_path),
            "--base-url",
            site.url,
            "--only",
            "blocks",
            env={**os.environ, "SNAGTEST": tmp_path.name},
            stderr=asyncio.subprocess.DEVNULL,
        )
        for _ in range(200):
            await asyncio.sleep(0.05)
            if any("chrom" in line for line in marked(mark)):
                break
        assert any("chrom" in line for line in marked(mark))
        await asyncio.sleep(0.3)
        process.send_signal(sort)
        await asyncio.wait_for(process.wait(), 15)
        for _ in range(100):
            if not (there := marked(mark)):
                break
            await asyncio.sleep(0.1)
    assert there == []


@pytest.mark.long
async def test_a_stopped_browser_of_a_killed_worker_is_ended_too(slot):
    assert await slot.ready() == ""
    for one in processes.tree(slot.pid):
        if "chrom" in one.name:
            os.kill(one.pid, signal.SIGSTOP)
    await slot.kill()
    assert left(slot) == []


def test_a_worker_s_temporary_files_go_with_it_and_those_of_a_killed_supervisor_with_the_next_one(
    tmp_path, monkeypatch
):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    dead = subprocess.Popen(["true"])
    dead.wait()
    (tmp_path / f"snag-slot-{dead.pid}-x").mkdir()
    (tmp_path / f"snag-slot-{os.getpid()}-x").mkdir()
    folder = temporary.Folder()
    assert [path.name for path in tmp_path.iterdir()] == [f"snag-slot-{os.getpid()}-x"]
    made = Path(folder.environment()["TMPDIR"])
    (made / "failed-1.jpg").write_bytes(b"raw")
    folder.remove()
    assert not made.exists()
