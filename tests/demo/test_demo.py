"""The demo as a user runs it: real browsers, a real collector, and a verdict. Minutes, so only with --all."""

import json
import os
import signal
import subprocess
import sys
import time

import pytest

from collector.demo.recording import Recording, events
from collector.demo.scenarios import SCENARIOS
from tests.conftest import wait_for

pytestmark = [pytest.mark.long, pytest.mark.timeout(900)]


def demo(folder, *args):
    clean = {key: value for key, value in os.environ.items() if not key.startswith("SNAG_")}
    command = [sys.executable, "-m", "collector", "demo", "--folder", str(folder), "--json", *args]
    return subprocess.Popen(command, env=clean, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def stored_ids(folder) -> set[str]:
    ids = set()
    for table in ("page_views", "friction_events"):
        sql = f"SELECT event_id FROM snag_experience.{table} FINAL WHERE traffic_source = 'rum'"
        out = subprocess.run(
            [sys.executable, "-m", "collector", "store", "query", "--json", sql, "--data-dir", str(folder)],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        ids |= {json.loads(line)["event_id"] for line in out.splitlines()}
    return ids


@pytest.mark.parametrize("name", SCENARIOS)
def test_each_scenario_gets_the_right_verdict_from_browsers(tmp_path, name):
    folder = tmp_path / "demo"
    with demo(folder, "--scenario", name) as process:
        out, err = process.communicate()
    assert process.returncode == 0, err
    found = json.loads(out)
    assert found["traffic_sources"] == ["rum", "simulated"]
    verdicts = [surge["verdict"] for surge in found["surges"]]
    staged = SCENARIOS[name].staged
    assert (len(verdicts) == 1 and verdicts[0] in staged) if staged else verdicts == []
    assert (folder / "report.html").exists()


def test_kill_9_of_the_collector_amid_the_traffic_loses_no_acknowledged_event(tmp_path):
    folder = tmp_path / "demo"
    with demo(folder) as process:
        owner = folder / "store.owner"
        wait_for(owner.exists, 120)
        pid = json.loads(owner.read_text())["pid"]
        wait_for(lambda: "takes beacons" in (folder / "collector.log").read_text(), 60)
        # The journey's beacons come before the visitors'; the spool is busy once visitors are there.
        wait_for(lambda: (folder / "spool").exists() and any((folder / "spool").glob("*.open")), 120)
        time.sleep(25)
        os.kill(pid, signal.SIGKILL)
        out, err = process.communicate()
    assert "the collector ended (signal 9); started again" in " ".join(err.split())
    assert process.returncode == 0, err
    assert [surge["verdict"] for surge in json.loads(out)["surges"]] == ["friction"]
    recording = Recording.read(folder / "visits.ndjson")
    sent = {
        str(event.event_id)
        for visit in [*recording.before, *recording.during]
        for event in events(visit)
        if type(event).table.startswith("snag_experience")
    }
    assert len(sent) > 100
    assert sent <= stored_ids(folder)
