"""A person is forgotten everywhere, once and for good, whatever runs or breaks meanwhile."""

import json
import os
import signal
import subprocess
import sys
import uuid
from datetime import UTC, datetime, timedelta

import pytest

from collector.cli import main
from collector.privacy.erase import BadSubject, subject
from collector.privacy.keys import load_keys
from collector.privacy.lines import Traces, names, sift
from collector.privacy.suppression import Suppression
from collector.store import erasure
from tests.conftest import beacon, event
from tests.metrics.planted import answers, contacts, keep
from tests.store.test_store import keep as keep_beacon

ANN = "ann@example.org"
NOW = datetime.now(UTC)


def rows(store, table):
    return store.client.query(f"SELECT count() FROM snag_experience.{table}").result_rows[0][0]


@pytest.fixture
def planted(store, tmp_path):
    """Ann's two contacts (one linked to her visit), her answers, and as much of Bob."""
    keys = load_keys(tmp_path)
    visits = {}
    now_ms = int(NOW.timestamp() * 1000)
    for i, who in enumerate((ANN, "bob@example.org")):
        key = keys.requester_key("desk", who)
        visits[who] = str(uuid.uuid4())
        keep_beacon(
            store,
            beacon(
                event("page_view", client_ts=now_ms),
                event("rage_click", client_ts=now_ms),
                event("web_vital", client_ts=now_ms, metric="LCP", value=1.0),
                session_id=visits[who],
                consent="full",
                sent_ts=now_ms,
            ),
        )
        contacts(
            store,
            [
                {"source_contact_id": f"{i}-1", "session_ref": visits[who][:8]},
                {"source_contact_id": f"{i}-2", "session_ref": ""},
            ],
            requester_key=key,
            created_ts=NOW - timedelta(days=3),
        )
        answers(store, "csat", [5], 1, 5, f"{i}a", requester_key=key)
        answers(store, "csat", [4], 1, 5, f"{i}b", contact_source="desk", source_contact_id=f"{i}-2")
        keep(
            store,
            "support_contact_events",
            [{"source": "desk", "source_contact_id": f"{i}-1", "source_event_id": f"e{i}", "event_ts": NOW}],
        )
    store.refresh()
    return keys, visits


def erase(dsn, folder, who=f"desk:{ANN}", **more):
    return main(["privacy", "erase", "--subject", who, "--dsn", dsn, "--data-dir", str(folder), *more.get("args", [])])


def test_everything_of_a_person_goes_and_nothing_of_another(store, dsn, tmp_path, planted, capsys):
    keys, visits = planted
    before = rows(store, "support_contacts")
    assert before == 4
    assert erase(dsn, tmp_path, args=["--json"]) == 0
    proof = json.loads(capsys.readouterr().out)
    assert proof["state"] == "done"
    assert proof["removed"]["snag_experience.support_contacts"] == 2
    left = {
        table: rows(store, table)
        for table in ("support_contacts", "survey_responses", "support_contact_events", "page_views", "friction_events")
    }
    assert left == {
        "support_contacts": 2,
        "survey_responses": 2,
        "support_contact_events": 1,
        "page_views": 1,
        "friction_events": 1,
    }
    assert store.client.query("SELECT count() FROM snag_performance.web_vitals").result_rows == [(1,)]
    (session,) = store.client.query("SELECT DISTINCT session_id FROM snag_experience.page_views").result_rows[0]
    assert str(session) == visits["bob@example.org"]
    suppression = Suppression(keys.rotated(NOW, 400), store.suppressed())
    assert suppression.holds("desk", ANN.upper())
    assert not suppression.holds("desk", "bob@example.org")


def test_the_rollups_are_counted_again(store, dsn, tmp_path, planted, capsys):
    def sessions(span):
        return store.client.query(f"SELECT uniqMerge(sessions) FROM snag_experience.sessions_{span} FINAL").result_rows[
            0
        ][0]

    assert [sessions(span) for span in ("5m", "1h", "1d")] == [2, 2, 2]
    assert erase(dsn, tmp_path) == 0
    assert [sessions(span) for span in ("5m", "1h", "1d")] == [1, 1, 1]


def test_the_queue_and_the_quarantine_are_searched_and_other_lines_stay(store, dsn, tmp_path, planted, capsys):
    keys, visits = planted
    queue = tmp_path / "spool"
    (queue / "quarantine").mkdir(parents=True)
    bob = {"type": "contact", "row": {"requester_key": keys.requester_key("desk", "bob@example.org").hex()}}
    ann = {"type": "contact", "row": {"requester_key": keys.requester_key("desk", ANN).hex()}}
    visit = {"type": "beacon", "session_id": visits[ANN]}
    (queue / "1-1-1.ndjson").write_text("".join(json.dumps(one) + "\n" for one in (bob, ann, visit)))
    (queue / "quarantine" / "2-1-1.ndjson").write_text(f'{{"requester": "{ANN}", broken\n{json.dumps(bob)}\n')
    (queue / "quarantine" / "3-1-1.ndjson").write_text(json.dumps({"body": json.dumps({"requester_id": ANN})}) + "\n")
    assert erase(dsn, tmp_path, args=["--json"]) == 0
    removed = json.loads(capsys.readouterr().out)["removed"]
    assert (removed["queue"], removed["quarantine"]) == (2, 2)
    assert [json.loads(line) for line in (queue / "1-1-1.ndjson").read_text().splitlines()] == [bob]
    assert [file.name for file in (queue / "quarantine").iterdir()] == ["2-1-1.ndjson"]


def test_what_slipped_in_beside_an_erasure_is_swept_out_and_the_profile_unlinks(store, dsn, tmp_path, planted, capsys):
    keys, _ = planted
    assert erase(dsn, tmp_path) == 0
    contacts(store, [{"source_contact_id": "late"}], requester_key=keys.requester_key("desk", ANN))
    assert erasure.sweep(store.client) == 1
    assert erasure.sweep(store.client) == 0
    assert rows(store, "support_contacts") == 2
    assert erasure.unlink(store.client) == 1
    assert erasure.unlink(store.client) == 0


def test_every_table_that_knows_a_visit_or_a_requester_is_emptied(store):
    known = {name for column in ("session_id",) for name, ts in erasure.tables_with(store.client, column) if ts}
    people = {name for name, _ in erasure.tables_with(store.client, "requester_key")}
    named = {name for name, _ in erasure.tables_with(store.client, "session_ref")}
    assert {
        "snag_experience.friction_sessions",
        "snag_experience.event_causes",
        "snag_experience.page_views",
    } <= known
    assert known == {name for name, _ in erasure.tables_with(store.client, "session_id")}
    assert people | named == {"snag_experience.support_contacts", "snag_experience.survey_responses"}


def test_erasing_again_finds_nothing_and_says_so(store, dsn, tmp_path, planted, capsys):
    assert erase(dsn, tmp_path) == 0
    capsys.readouterr()
    assert erase(dsn, tmp_path) == 0
    assert "erased: 0 rows and lines (nothing was stored)" in capsys.readouterr().out


def test_a_bare_key_and_a_visit_can_be_forgotten_too(store, dsn, tmp_path, planted, capsys):
    keys, visits = planted
    assert erase(dsn, tmp_path, who=keys.requester_key("desk", ANN).hex()) == 0
    assert rows(store, "support_contacts") == 2
    assert erase(dsn, tmp_path, who=f"session:{visits['bob@example.org'][:8]}") == 0
    assert rows(store, "page_views") == 0
    assert rows(store, "support_contacts") == 1  # the one that named the visit


@pytest.mark.parametrize("who", ["", "4711", "desk:", "session:xyz", ":4711"])
def test_a_subject_that_cannot_be_meant_is_refused(tmp_path, who):
    with pytest.raises(BadSubject, match=r"expected|a subject is"):
        subject(who, load_keys(tmp_path))


def test_an_id_as_short_as_a_number_does_not_take_other_lines_along():
    traces = Traces(frozenset({"42"}), frozenset(), (), frozenset())
    assert names(b'{"requester_id": 42}', traces)
    assert not names(b'{"status": 420, "page": "/42"}', traces)
    assert not names(b'{"broken 42', traces)


def test_sifting_a_file_that_was_shipped_meanwhile_is_nothing(tmp_path):
    assert sift(tmp_path / "gone", Traces(frozenset(), frozenset(), (), frozenset())) == 0


_BREAKS = """
import sys
from collector.store import erasure
from collector.cli import main
import os, signal
real = erasure._delete
count = [0]
def breaking(*args):
    count[0] += 1
    n = real(*args)
    if count[0] >= int(sys.argv[1]):
        os.kill(os.getpid(), signal.SIGKILL)
    return n
erasure._delete = breaking
main(sys.argv[2:])
"""


def _fill(folder, who):
    """A store of its own in another process, with one linked contact."""
    code = """
import sys, uuid, json
from datetime import datetime, UTC
from collector.store import Store
from collector.privacy.keys import load_keys
folder, who = sys.argv[1:]
store = Store.open(f"chdb://{folder}/store")
store.migrate()
key = load_keys(folder).requester_key("desk", who)
session = uuid.uuid4()
now = datetime.now(UTC)
store.client.insert("snag_experience.page_views", [["shop", session, session, now, now]],
                    column_names=["app", "session_id", "event_id", "ts", "client_ts"])
store.client.insert("snag_experience.support_contacts", [["desk", "c1", 1, now, "email", str(session)[:8], key]],
                    column_names=["source", "source_contact_id", "version", "created_ts", "channel", "session_ref",
                                  "requester_key"])
store.refresh()
store.close()
"""
    subprocess.run([sys.executable, "-c", code, str(folder), who], check=True)


def _ask(folder, sql):
    code = "import sys\nfrom collector.store import Store\ns = Store.open(sys.argv[1])\n"
    code += "print(s.client.query(sys.argv[2]).result_rows[0][0])"
    done = subprocess.run(
        [sys.executable, "-c", code, f"chdb://{folder}/store", sql],
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


@pytest.mark.long
@pytest.mark.parametrize("after", [1, 12])
def test_an_erasure_that_was_killed_goes_on_where_it_was(tmp_path, after):
    _fill(tmp_path, ANN)
    command = ["privacy", "erase", "--subject", f"desk:{ANN}", "--data-dir", str(tmp_path), "--json"]
    killed = subprocess.run([sys.executable, "-c", _BREAKS, str(after), *command], capture_output=True, check=False)
    assert killed.returncode == -signal.SIGKILL
    done = subprocess.run(
        [sys.executable, "-m", "collector", *command],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "SNAG_DSN": ""},
    )
    proof = json.loads(done.stdout)
    assert proof["state"] == "done"
    for table in ("page_views", "support_contacts"):
        assert _ask(tmp_path, f"SELECT count() FROM snag_experience.{table}") == "0"
    assert _ask(tmp_path, "SELECT uniqMerge(sessions) FROM snag_experience.sessions_1h FINAL") == "0"
    assert _ask(tmp_path, "SELECT count() FROM snag_experience.erasure_requests FINAL") == "1"
