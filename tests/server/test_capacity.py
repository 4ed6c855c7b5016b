"""A plan grows with the sessions and says what is measured."""

import json

import pytest

from collector.cli import main
from collector.server.capacity import plan, to_markdown


def test_the_page_is_what_the_command_writes(root):
    assert (root / "docs/capacity.md").read_text(encoding="utf-8") == to_markdown(), "python -m tools.generate"


def test_a_laptop_is_one_pod_and_a_billion_sessions_are_shards():
    assert plan(1000).form == "one pod, embedded"
    big = plan(1e9)
    assert big.shards > 10
    assert big.form == f"{big.shards} shards × 2 replicas"
    assert (plan(1000).extrapolated, big.extrapolated) == (False, True)


@pytest.mark.parametrize("name", ["front_cores", "store_cores", "disk_bytes", "queue_bytes", "peak_events_per_s"])
def test_ten_times_the_sessions_need_ten_times_as_much(name):
    assert getattr(plan(1e6), name) == pytest.approx(10 * getattr(plan(1e5), name))


def test_keeping_less_takes_less_disk():
    assert plan(1e6, keep_experience_days=30).disk_bytes < plan(1e6).disk_bytes


def test_the_command_prints_it(capsys):
    assert main(["plan", "--sessions-per-day", "1e6", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["events_per_day"] == 1e7
    with pytest.raises(SystemExit):
        main(["plan", "--sessions-per-day", "-5"])
