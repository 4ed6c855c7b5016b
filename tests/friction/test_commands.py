"""`snag friction` and `snag funnel` as people run them."""

import json
import time

import pytest

from collector.cli import main
from tests.friction.test_classify_job import RAGE, THROWN, take, visit
from tests.friction.test_points import JOURNEYS, buy


@pytest.fixture
def snag(store, dsn, capsys, tmp_path, monkeypatch):
    """Runs a command on a store with an hour of visits; gives what it printed."""
    now = int(time.time() * 1000) - 3_600_000
    take(
        store,
        *(visit({**THROWN, "after_ms": 900}, RAGE, ts=now, release="1.0", device="phone") for _ in range(20)),
    )
    take(
        store,
        *(visit(ts=now, release="1.0") for _ in range(20)),
        *(visit(ts=now, release="1.1") for _ in range(40)),
    )
    monkeypatch.setenv("SNAG_DSN", dsn)
    monkeypatch.setenv("COLUMNS", "200")

    def run(*args, code=0):
        assert main([*args, "--app", "shop"]) == code
        out = capsys.readouterr()
        return out.err if code else out.out

    return run


def test_top_ranks_points_and_says_whose_fault_and_why(snag):
    found = json.loads(snag("friction", "top", "--json"))
    assert found["score"]["sessions"] == 80
    assert found["score_version"] == 1
    point = found["friction_points"][0]
    assert (point["kind"], point["cause_class"], point["cause_rule"]) == (
        "rage_click",
        "technical_issue",
        "R3",
    )
    assert point["cause_evidence"] == "an uncaught error of the site's own script"
    assert sum(p["points"] for p in found["friction_points"]) == pytest.approx(found["score"]["friction_score"])
    printed = snag("friction", "top")
    assert "technical issue, js error" in printed
    assert "Friction score" in printed


@pytest.mark.parametrize("by", ["page", "target", "kind", "class", "release"])
def test_top_sums_up_by(snag, by):
    rows = json.loads(snag("friction", "top", "--by", by, "--json"))[f"by_{by}"]
    assert rows[0]["sessions"] == 20
    assert f"Friction by {by}" in snag("friction", "top", "--by", by)


def test_top_tells_segments_apart_and_is_silent_about_few(snag):
    rows = json.loads(snag("friction", "top", "--segment", "device", "--json"))["segments"]
    assert {row["device"]: row["friction_score"] is None for row in rows} == {"unknown": False, "phone": True}
    assert "not enough data" in snag("friction", "top", "--segment", "device")


def test_show_tells_a_point_in_full_and_refuses_what_is_none(snag):
    point = json.loads(snag("friction", "top", "--json"))["friction_points"][0]["fingerprint"]
    found = json.loads(snag("friction", "show", point, "--json"))
    assert (found["first_release"], len(found["examples"]), found["sessions"]) == ("1.0", 3, 20)
    printed = snag("friction", "show", point)
    for words in (
        "Cause: technical issue",
        "Evidence: an uncaught error",
        "Since release 1.0",
        "device phone",
        "▶",
    ):
        assert words in printed
    assert "16 hexadecimal digits" in snag("friction", "show", "x", code=2)
    assert "no visit on shop met it" in snag("friction", "show", "0" * 16, code=2)


def test_compare_says_in_words_whether_it_helped(snag):
    assert "Better: the friction score fell by" in snag("friction", "compare", "1.0", "1.1")
    assert json.loads(snag("friction", "compare", "1.0", "1.1", "--json"))["verdict"] == "better"
    assert "no visits of the release '9'" in snag("friction", "compare", "1.0", "9", code=2)


def test_override_is_said_listed_and_taken_back(snag):
    point = json.loads(snag("friction", "top", "--json"))["friction_points"][0]["fingerprint"]
    said = ("--class", "usability", "--sub", "affordance", "--who", "Ada", "--why", "tested")
    assert "Ada" in snag("friction", "override", point, *said)
    assert json.loads(snag("friction", "top", "--json"))["friction_points"][0]["cause_rule"] == "override"
    assert "neither may be empty" in snag("friction", "override", point, "--class", "usability", code=2)
    assert "the rules decide" in snag("friction", "override", point, "--take-back")


def test_funnel_prints_the_steps_of_the_file(snag, store, tmp_path):
    file = tmp_path / "journeys.yaml"
    file.write_text(JOURNEYS)
    shift = int(time.time() * 1000) - 3_600_000
    beacons = [one for _ in range(40) for one in buy("/cart", "/pay", "/thanks")]
    first = min(one["events"][0]["client_ts"] for one in beacons)
    for one in beacons:
        one["sent_ts"] += shift - first
        for event in one["events"]:
            event["client_ts"] += shift - first
    take(store, *beacons)
    found = json.loads(snag("funnel", "checkout", "--json", "--journeys-file", str(file)))["journeys"][0]
    assert [step["entered"] for step in found["steps"]] == [40, 40, 40]
    assert "thanks" in snag("funnel", "--journeys-file", str(file))
    assert "no journeys configured" in snag("funnel", code=2)
    assert "'x' is not a journey of shop" in snag("funnel", "x", "--journeys-file", str(file), code=2)
