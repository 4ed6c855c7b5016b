"""Imports beyond a CSV of contacts: NDJSON, mappings, vendors' files, counts of intervals, a table of one's own, surveys."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from collector.cli import main
from collector.contacts.intervals import IntervalReader
from collector.contacts.mapping import BadMapping, load, lookup
from collector.contacts.schema import Door, Refusal
from collector.store.grids import read as read_grids
from collector.times import zone
from tests.conftest import NOW, beacon, event
from tests.store.test_store import keep

BERLIN = zone("Europe/Berlin")


@pytest.fixture
def snag(store, dsn, capsys, monkeypatch, tmp_path):
    monkeypatch.setenv("SNAG_DATA_DIR", str(tmp_path))

    def run(*args: str):
        code = main([*map(str, args), "--dsn", dsn])
        out = capsys.readouterr()
        return code, out.out, out.err

    return run


def summary(answer):
    code, out, err = answer
    return code, json.loads(out.splitlines()[-1]), err


MAPPING = """
[fields]
source_contact_id = "ticket.id"
created_ts = "ticket.opened"
channel = "ticket.via"
requester_id = "who.mail"
tags = "ticket.labels[*].name"
session_ref = "ticket.custom[id=360].value"
[values.channel]
Fon = "phone"
"*" = "other"
[constants]
product = "shop"
[times]
zone = "Europe/Berlin"
form = "%d.%m.%Y %H:%M"
"""


def test_lines_of_any_json_are_read_through_a_mapping(snag, store, tmp_path):
    (tmp_path / "map.toml").write_text(MAPPING)
    file = tmp_path / "tool.ndjson"
    tickets = [
        {
            "ticket": {
                "id": 7,
                "opened": "21.11.2026 12:00",
                "via": "Fon",
                "labels": [{"name": "a"}, {"name": "b"}],
                "custom": [{"id": 1, "value": "no"}, {"id": 360, "value": "3f2a9c01"}],
            },
            "who": {"mail": "jane@example.org", "name": "Jane"},
        },
        {"ticket": {"id": 8, "opened": "29.03.2026 02:30", "via": "Fon"}},
        {"ticket": {"id": 9, "opened": "25.10.2026 02:30", "via": "Brieftaube"}},
        {"ticket": {"opened": "25.10.2026 02:30", "via": "Fon"}},
    ]
    file.write_text("\n".join(map(json.dumps, tickets)) + '\n{"half": \n[1]\n')
    code, found, err = summary(snag("contacts", "import", file, "--mapping", tmp_path / "map.toml", "--json"))
    assert (code, found["accepted"], found["refused"]) == (1, 2, {"time": 1, "no_id": 1, "not_json": 2})
    assert "line 2: '2026-03-29T02:30:00' does not exist in Europe/Berlin" in err.replace("\n", " ")
    seven, nine = sorted(store.contacts("tool", ["7", "9"]), key=lambda one: one.source_contact_id)
    assert seven.created_ts == datetime(2026, 11, 21, 11, tzinfo=UTC)
    assert (seven.tags, seven.session_ref, seven.product) == (("a", "b"), "3f2a9c01", "shop")
    assert len(seven.requester_key) == 32
    assert (nine.ts_folded, nine.channel, nine.source_tz) == (1, "other", "Europe/Berlin")


def test_a_mapping_that_cannot_be_used_says_where(tmp_path):
    for text, message in (
        ("[fields]\nchanel = 'x'", "[fields]: chanel is not a field; known are channel"),
        ("[field]", "there is no [field]; known are [fields]"),
        ("[fields]\nchannel = 3", "channel is 3; expected a column or a path in quotes"),
        ("[values.channel]\na = [1]", "expected lines of THEIRS"),
        ("[fields", "is not valid TOML"),
    ):
        (tmp_path / "m.toml").write_text(text)
        with pytest.raises(BadMapping) as error:
            load(tmp_path / "m.toml", {"channel": 0})
        assert message in str(error.value)


@pytest.mark.parametrize(
    ("path", "value"),
    [("a.b", 1), ("a.c", None), ("l[0]", 7), ("l[9]", None), ('"x.y"', 2), ("x.y", 2), ("o[k=2].v", "z"), ("o[k=9].v", None),
     ("o[*].v", ["y", "z"]), ("a[0]", None), ("Betrag (€) [netto]", 5)],
)  # fmt: skip
def test_a_path_leads_to_what_stands_there_or_nowhere(path, value):
    record = {
        "a": {"b": 1},
        "l": [7],
        "x.y": 2,
        "o": [{"k": 1, "v": "y"}, {"k": 2, "v": "z"}],
        "Betrag (€) [netto]": 5,
    }
    assert lookup(record, path) == value


def test_counts_of_intervals_are_kept_and_never_made_into_contacts(snag, store, tmp_path):
    file = tmp_path / "acd.csv"
    file.write_text(
        "interval_start_ts;queue;offered;answered;abandoned;abandoned_short;answered_in_threshold;threshold_s;"
        "avg_wait_answered_s;sum_handle_s\n"
        "2026-11-20 09:00;Sales;100;90;10;2;80;20;0:15;7:30:00\n"
        "2026-11-20 09:30;Sales;0;0;0;0;0;20;;\n"
        "2026-11-20 10:00;Sales;50;60;x;0;0;20;;\n"
        "2026-11-20 10:30;Sales;50;10;0;0;20;20;;\n"
    )
    args = ("contacts", "import", file, "--interval", "30m", "--tz", "Europe/Berlin", "--json")
    code, found, err = summary(snag(*args))
    assert (code, found["accepted"], found["refused"]) == (1, 2, {"count": 2})
    assert "answered_in_threshold is 20, more than answered, which is 10" in err.replace("\n", " ")
    rows = store.client.query(
        "SELECT interval_start_ts, interval_s, channel, queue, offered, answered, sum_wait_answered_s, sum_handle_s"
        " FROM snag_experience.support_contact_intervals FINAL ORDER BY interval_start_ts"
    ).result_rows
    start = datetime(2026, 11, 20, 8)
    assert [tuple(str(v) for v in row) for row in rows] == [
        (str(start), "1800", "phone", "Sales", "100", "90", "1350", "27000"),
        (str(start + timedelta(minutes=30)), "1800", "phone", "Sales", "0", "0", "None", "None"),
    ] or rows[0][1:] == (1800, "phone", "Sales", 100, 90, 1350, 27000)
    assert store.contact_versions("acd") == {}
    assert store.watermarks()["acd"] == datetime(2026, 11, 20, 8, 30, tzinfo=UTC)
    snag(*args)
    total = store.client.query("SELECT sum(offered) FROM snag_experience.support_contact_intervals FINAL").result_rows
    assert total == [(100,)]


def test_an_hour_that_the_clocks_show_twice_is_two_intervals():
    read = IntervalReader(Door("acd", NOW, BERLIN), 3600)
    starts = [
        read({"interval_start_ts": "2026-10-25 02:00", "offered": n, "queue": "a"}).interval_start_ts for n in (1, 2)
    ]
    assert [start.hour for start in starts] == [0, 1]
    with pytest.raises(Refusal, match="does not exist in Europe/Berlin"):
        read({"interval_start_ts": "2026-03-29 02:00", "offered": 1})


def test_a_source_with_intervals_counts_by_them(snag, store, tmp_path):
    start = datetime.fromtimestamp(NOW / 1000, UTC).replace(minute=0)
    keep(store, beacon(event("page_view", client_ts=int(start.timestamp() * 1000))))
    (tmp_path / "acd.csv").write_text(f"interval_start_ts,interval_s,offered\n{start.isoformat()},1800,40\n")
    row = f"C1,{start.isoformat()},phone,\n"
    (tmp_path / "rows.csv").write_text("source_contact_id,created_ts,channel,ts\n" + row)
    snag("contacts", "import", tmp_path / "acd.csv")
    snag("contacts", "import", tmp_path / "rows.csv", "--source", "acd")
    snag("contacts", "import", tmp_path / "rows.csv", "--source", "mail", "--channel", "phone=email")
    grid = read_grids(store, "shop", start, start + timedelta(hours=1), ["rum"])
    assert grid.channels["phone"].tolist() == [6, 7, 7, 6, 7, 7, 0, 0, 0, 0, 0, 0]
    assert grid.channels["email"][0] == 1


def test_times_that_are_known_to_the_hour_or_day_make_no_minute_of_their_own(snag, store, tmp_path):
    start = datetime.fromtimestamp(NOW / 1000, UTC).replace(hour=0, minute=0)
    keep(store, beacon(event("page_view", client_ts=int(start.timestamp() * 1000))))
    lines = [f"C{i},{start:%Y-%m-%d}T01,phone" for i in range(12)] + [f"D{i},{start:%Y-%m-%d},phone" for i in range(5)]
    (tmp_path / "desk.csv").write_text("source_contact_id,created_ts,channel\n" + "\n".join(lines))
    code, found, _ = summary(snag("contacts", "import", tmp_path / "desk.csv", "--tz", "UTC", "--json"))
    assert (code, found["accepted"]) == (0, 17)
    grid = read_grids(store, "shop", start, start + timedelta(hours=3), ["rum"])
    assert grid.channels["phone"][12:24].tolist() == [1] * 12


CONNECT = {
    "ContactId": "a1", "InitialContactId": None, "Channel": "VOICE", "InitiationMethod": "INBOUND",
    "InitiationTimestamp": "2026-11-20T09:00:00Z", "DisconnectTimestamp": "2026-11-20T09:05:00Z",
    "LastUpdateTimestamp": "2026-11-20T09:06:00Z", "Queue": {"Name": "Basic", "EnqueueTimestamp": "2026-11-20T09:00:10Z"},
    "Agent": {"ConnectedToAgentTimestamp": "2026-11-20T09:01:00Z"}, "CustomerEndpoint": {"Address": "+4915123456789"},
    "SomethingNew": {"x": 1},
}  # fmt: skip


def test_a_file_of_amazon_connect_is_read_as_it_is(snag, store, tmp_path):
    older = CONNECT | {"LastUpdateTimestamp": "2026-11-20T09:05:30Z", "Queue": {"Name": "Wrong"}}
    gone = CONNECT | {"ContactId": "a2", "Agent": None}
    moved = CONNECT | {"ContactId": "a3", "InitialContactId": "a1", "InitiationMethod": "TRANSFER"}
    file = tmp_path / "connect.json"
    file.write_text("\n".join(map(json.dumps, [CONNECT, older, gone, moved])))
    code, found, _ = summary(snag("contacts", "import", file, "--kind", "amazon_connect", "--json"))
    assert (code, found["accepted"]) == (0, 4)
    one, two, three = (store.contacts("connect", [name])[0] for name in ("a1", "a2", "a3"))
    assert (one.queue, one.status, one.handled_by, one.direction) == ("Basic", "closed", "human", "inbound")
    assert (two.status, two.abandoned_ts) == ("abandoned", datetime(2026, 11, 20, 9, 5, tzinfo=UTC))
    assert (three.case_id, three.direction) == ("a1", "internal")


def test_a_table_of_one_s_own_is_imported_by_a_select(snag, store):
    for statement in (
        "CREATE DATABASE IF NOT EXISTS mine",
        "CREATE TABLE mine.tickets (id UInt64, opened DateTime('UTC'), via String) ENGINE = MergeTree ORDER BY id",
        "INSERT INTO mine.tickets VALUES (1, '2026-11-20 10:00:00', 'web'), (2, '2026-11-20 11:00:00', '?')",
    ):
        store.client.command(statement)
    select = "SELECT id AS source_contact_id, opened AS created_ts, via AS channel FROM mine.tickets ORDER BY id"
    code, found, _ = summary(snag("contacts", "import", "--select", select, "--source", "own", "--json"))
    assert (code, found["accepted"], found["left_out"]) == (0, 2, [{"field": "channel", "value": "?", "lines": 1}])
    assert store.contacts("own", ["1"])[0].created_ts == datetime(2026, 11, 20, 10, tzinfo=UTC)
    code, _, err = snag("contacts", "import", "--select", "SELECT 1 AS x", "--source", "own")
    assert (code, "no column source_contact_id; the SELECT gives x" in err) == (2, True)
    store.client.command("DROP DATABASE mine")


RULES = """
[[rules]]
reason = "payment.card"
name = "cards"
tag = ["card"]
subject = "(?i)declined"
[[rules]]
reason = "delivery"
queue = ["logistics"]
"""


def test_rules_name_the_reason_and_say_which_did(snag, store, tmp_path):
    (tmp_path / "rules.toml").write_text(RULES)
    (tmp_path / "desk.csv").write_text(
        "source_contact_id,created_ts,channel,tags,queue,subject,contact_reason\n"
        'C1,1795266300,phone,"card,vip",,Card Declined for jane@example.org,Z1\n'
        "C2,1795266300,phone,,Logistics,,\nC3,1795266300,phone,card,,where is it,\n"
        "C4,1795266300,phone,,,password reset fails,\nC5,1795266300,phone,,,password forgotten,\n"
    )
    code, found, _ = summary(
        snag(
            "contacts",
            "import",
            tmp_path / "desk.csv",
            "--rules",
            tmp_path / "rules.toml",
            "--subjects",
            "--json",
        )
    )
    assert (code, found["without_reason"]) == (0, 3)
    one, two = (store.contacts("desk", [name])[0] for name in ("C1", "C2"))
    assert (one.contact_reason, one.reason_rule, one.reason_raw) == ("payment.card", "cards", "Z1")
    assert one.subject_redacted == "Card Declined for [email]"
    assert (two.contact_reason, two.reason_rule) == ("delivery", "rule 2")
    _, out, _ = snag("contacts", "reasons", "show", "--since", "2026-11-01", "--json")
    shares = {row["contact_reason"]: row["share"] for row in map(json.loads, out.splitlines())}
    assert shares == {"(none)": "60.0 %", "payment.card": "20.0 %", "delivery": "20.0 %"}
    _, out, _ = snag("contacts", "reasons", "suggest", "--since", "2026-11-01", "--json")
    assert json.loads(out.splitlines()[0])["words"] == "password"


def test_answers_of_surveys_are_imported_with_what_was_not_answered(snag, store, tmp_path):
    (tmp_path / "q.csv").write_text(
        "source_response_id,metric,score,answered_ts,asked_ts,scale_min,scale_max,higher_is_better,requester_id\n"
        "1,nps,0,1795266300,,,,,jane\n2,ces,2,1795266300,,1,5,0,\n3,csat,,,1795266300,,,,\n4,nps,11,1795266300,,,,,\n"
        "5,nps,9,1795266300,,1,10,,\n6,csat,4.5,1795266300,,,,,\n7,csat,4,,,,,,\n"
    )
    code, found, _ = summary(snag("surveys", "import", tmp_path / "q.csv", "--json"))
    assert (code, found["accepted"]) == (1, 3)
    assert found["refused"] == {"score": 2, "scale": 1, "time": 1}
    rows = store.client.query(
        "SELECT metric, score, scale_min, scale_max, higher_is_better FROM snag_experience.survey_responses FINAL"
        " ORDER BY source_response_id"
    ).result_rows
    assert rows == [("nps", 0, 0, 10, 1), ("ces", 2, 1, 5, 0), ("csat", None, 1, 5, 1)]


def test_an_annotation_is_kept_and_taken_back(snag, store):
    args = (
        "annotate",
        "campaign",
        "Autumn sale",
        "--from",
        "2026-11-20T08:00Z",
        "--app",
        "shop",
        "--label",
        "team=web",
    )
    code, out, _ = snag(*args)
    assert (code, out) == (0, "campaign 'Autumn sale' stored: Fri 20 Nov, 08:00 (UTC)\n")
    assert store.client.query("SELECT title FROM snag_experience.annotations FINAL").result_rows == [("Autumn sale",)]
    snag(*args, "--delete")
    assert store.client.query("SELECT title FROM snag_experience.annotations FINAL").result_rows == []
    code, _, err = snag("annotate", "party", "x")
    assert (code, err.startswith("snag: kind is 'party'; known are release, incident")) == (2, True)


def test_every_refused_line_can_be_written_into_a_file_that_no_spreadsheet_runs(snag, tmp_path):
    lines = ["C,1795266300,phone", *(f"=cmd{i},=1+{i},phone" for i in range(32))]
    (tmp_path / "desk.csv").write_text("source_contact_id,created_ts,channel\n" + "\n".join(lines))
    code, found, err = summary(
        snag("contacts", "import", tmp_path / "desk.csv", "--json", "--refused", tmp_path / "refused.csv")
    )
    assert (code, found["refused"]) == (1, {"time": 32})
    assert "and 22 more lines were refused" in err
    written = (tmp_path / "refused.csv").read_text().splitlines()
    assert len(written) == 33
    assert not [line for line in written if line.split(",", 2)[-1].strip('"')[:1] in "=+-@"]
