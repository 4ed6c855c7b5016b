"""What is kept is said; with the profile of audience measurement nobody is linked, and nothing is kept too long."""

import json
import uuid
from pathlib import Path

import pytest

from collector.cli import main
from collector.settings import BadSetting, load
from tests.conftest import beacon, event, wait_for
from tests.server.test_serve import Collector

PROFILE = {"SNAG_CONSENT_PROFILE": "audience_measurement"}


@pytest.mark.parametrize("name", ["KEEP_EXPERIENCE_DAYS", "KEEP_PERFORMANCE_DAYS", "KEEP_ROLLUPS_DAYS"])
def test_the_profile_keeps_nothing_over_25_months(name):
    with pytest.raises(BadSetting, match=rf"SNAG_{name}: 761 is out of range; expected at most 760 \(25 months\)"):
        load(env={**PROFILE, f"SNAG_{name}": "761"})
    assert load(env={f"SNAG_{name}": "761"})


def test_an_unknown_profile_is_refused():
    with pytest.raises(BadSetting, match="expected audience_measurement or nothing"):
        load(env={"SNAG_CONSENT_PROFILE": "strict"})


def consent_of(collector: Collector, session: str) -> list[str]:
    sql = f"SELECT consent FROM snag_experience.page_views WHERE session_id = '{session}'"
    return wait_for(
        lambda: [json.loads(line)["consent"] for line in collector.snag("store", "query", sql, "--json").splitlines()]
    )


@pytest.fixture
def collector(tmp_path):
    found = Collector(tmp_path, **PROFILE)
    yield found
    found.process.terminate()
    found.process.wait(30)


def post(collector, session, **headers):
    import urllib.request

    body = json.dumps(fresh(session)).encode()
    asked = urllib.request.Request(f"{collector.url}/v1/beacons", body, {"Content-Type": "application/json", **headers})
    with urllib.request.urlopen(asked) as answer:
        assert answer.status == 204


def fresh(session):
    import time

    now = int(time.time() * 1000)
    return beacon(event("page_view", client_ts=now), sent_ts=now, session_id=session, consent="full")


def test_with_the_profile_a_visitor_who_agreed_is_not_linked_either(collector, capsys):
    session = str(uuid.uuid4())
    post(collector, session)
    assert consent_of(collector, session) == ["measurement"]
    said = collector.snag("privacy", "report")
    assert "[yes] visits are linked to nobody's contacts" in said
    assert "[yes] measurements are kept 25 months at most" in said
    assert "[you] visitors are told" in said
    collector.snag("contacts", "linked", code=2)


def test_the_report_names_every_table_with_its_days_and_the_keys(store, dsn, tmp_path, capsys):
    assert main(["privacy", "report", "--json", "--dsn", dsn, "--data-dir", str(tmp_path)]) == 0
    rows = {row["where"]: row for row in map(json.loads, capsys.readouterr().out.splitlines())}
    sql = (
        "SELECT concat(database, '.', name) FROM system.tables WHERE database LIKE 'snag%' AND engine LIKE '%MergeTree'"
    )
    tables = {row[0] for row in store.client.query(sql).result_rows}
    assert tables <= set(rows)
    assert rows["snag_experience.page_views"]["kept_days"] == "90"
    assert "requester_key" in rows["snag_experience.support_contacts"]["of_people"]
    assert rows[str(tmp_path / "requester.keys")]["rows"] == 1


def test_a_new_secret_is_used_from_now_on_and_the_old_one_still_finds_people(tmp_path, capsys):
    from collector.privacy.keys import load_keys

    before = load_keys(tmp_path)
    assert main(["privacy", "rotate", "--data-dir", str(tmp_path)]) == 0
    assert "2 in use, 0 destroyed" in capsys.readouterr().out
    after = load_keys(tmp_path)
    assert before.requester_key("desk", "1") != after.requester_key("desk", "1")
    assert before.requester_key("desk", "1") in after.every("desk", "1")


@pytest.mark.long
def test_an_erasure_beside_a_running_collector_takes_what_waits_in_its_queue_too(tmp_path):
    collector = Collector(tmp_path)
    try:
        session = str(uuid.uuid4())
        post(collector, session)  # acknowledged, perhaps not shipped yet
        proof = json.loads(collector.snag("privacy", "erase", "--subject", f"session:{session[:8]}", "--json"))
        # A round of the chores may have made the visit's own row of it meanwhile.
        assert {**proof["removed"], "snag_experience.friction_sessions": 1} == {
            "snag_experience.page_views": 1,
            "snag_experience.friction_sessions": 1,
        }
        other = str(uuid.uuid4())
        post(collector, other, **{"Sec-GPC": "1"})
        assert consent_of(collector, other) == ["measurement"]
        assert not list(Path(tmp_path).rglob("*.sifted"))
    finally:
        collector.process.terminate()
        collector.process.wait(30)
