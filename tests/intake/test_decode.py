"""What a beacon may be, and what a sender is told who sends something else."""

import json
import re

import pytest

from collector.events import KINDS, NO_ID, Beacon, Edge, RageClick
from collector.intake import limits
from collector.intake.decode import BadBeacon, decode, queued, skew_ms
from collector.store.rows import readable
from tests.conftest import NOW, beacon, body, event

APP = "app: not a valid name; expected letters, digits, dots, hyphens and underscores"
DAY_MS = 24 * 3600 * 1000


def refused(content: bytes) -> tuple[str, str]:
    with pytest.raises(BadBeacon) as error:
        decode(content)
    return error.value.reason, str(error.value)


def test_a_beacon_of_the_agent_becomes_events():
    found = decode(body(event("rage_click", target="#pay", repeat_count=4)))
    assert isinstance(found.events[0], RageClick)
    assert (found.events[0].target, found.events[0].repeat_count, found.run_id) == ("#pay", 4, NO_ID)


@pytest.mark.parametrize(
    ("change", "reason", "message"),
    [
        ({"kind": "rage_clik"}, "unknown_kind",
         "events[1].kind: 'rage_clik' is not a kind of event; did you mean rage_click?"),
        ({"repeat_count": True}, "bad_field", "events[1].repeat_count: expected int, got bool"),
        ({"repeat_count": 70000}, "bad_field", "events[1].repeat_count: expected int <= 65535"),
        ({"clicks": 3}, "bad_field", "events[1]: object contains unknown field clicks"),
        ({"client_ts": "now"}, "bad_field", "events[1].client_ts: expected int, got str"),
        ({"event_id": "7"}, "bad_field", "events[1].event_id: invalid UUID"),
        ({"target": "a" * 201}, "bad_field", "events[1].target: expected str of length <= 200"),
        ({"client_ts": NOW - DAY_MS - 3_600_000}, "event_time",
         "events[1].client_ts: 2026-11-20T10:20:00+00:00 is 25.0 hours before the beacon's sent_ts "
         "2026-11-21T11:20:00+00:00; expected at most 24 hours"),
        ({"client_ts": NOW + 2 * DAY_MS}, "event_time",
         "events[1].client_ts: 2026-11-23T11:20:00+00:00 is 48.0 hours after the beacon's sent_ts "
         "2026-11-21T11:20:00+00:00; expected at most 24 hours"),
    ],
)  # fmt: skip
def test_a_bad_event_refuses_the_beacon_and_is_named(change, reason, message):
    assert refused(body(event(), event() | change)) == (reason, message)


def test_an_unknown_kind_without_a_likeness_lists_the_known_ones():
    _, message = refused(body(event("zzz")))
    assert message.startswith("events[0].kind: 'zzz' is not a kind of event; expected one of page_view, rage_click,")


def test_a_kind_of_several_lines_is_still_an_unknown_kind_and_cut_short():
    reason, message = refused(body(event("x\nERROR forged" + "y" * 500)))
    assert reason == "unknown_kind"
    assert len(message.partition(" is not a kind")[0]) < 90


@pytest.mark.parametrize(
    ("content", "reason", "message"),
    [
        (b'{"app": ', "not_json", "beacon: not valid JSON (Input data was truncated)"),
        (b"", "not_json", "beacon: not valid JSON (Input data was truncated)"),
        (b"hello", "not_json", "beacon: not valid JSON (JSON is malformed: invalid character (byte 0))"),
        (b"[]", "bad_field", "beacon: array; expected an object with a list `events`"),
        (b"{}", "bad_field", "beacon: object missing required field beacon_id"),
        (b"x" * (limits.UNPACKED_BYTES + 1), "too_large", "body: 262145 bytes; expected at most 262144"),
        (json.dumps(beacon(app="my shop")).encode(), "bad_field", APP),
        (json.dumps(beacon(app="shop\n")).encode(), "bad_field", APP),
    ],
)  # fmt: skip
def test_what_is_no_beacon_is_told_why(content, reason, message):
    assert refused(content) == (reason, message)


def test_no_events_is_no_beacon():
    assert refused(json.dumps(beacon() | {"events": []}).encode()) == (
        "bad_field",
        "events: expected array of length >= 1",
    )


@pytest.mark.parametrize(("wrong_by_ms", "corrected"), [(0, 0), (-1500, 0), (3_600_000, 1), (-40 * DAY_MS, 1)])
def test_a_wrong_visitor_clock_is_corrected_and_a_slow_network_is_not(store, wrong_by_ms, corrected):
    found = decode(body(event(client_ts=NOW + wrong_by_ms - 500), sent_ts=NOW + wrong_by_ms))
    store.insert([line_of(found)])
    (ts,) = store.client.query("SELECT toUnixTimestamp64Milli(ts) FROM snag_experience.friction_events").first_row
    assert ts == (NOW - 500 if corrected else NOW + wrong_by_ms - 500)


def line_of(found: Beacon) -> bytes:
    return queued(found, Edge(received_ts=NOW, skew_ms=skew_ms(found.sent_ts, NOW)))


def test_a_beacon_over_several_lines_waits_as_one_line():
    line = line_of(decode(json.dumps(beacon(), indent=2).replace("\n", "\r\n").encode()))
    assert re.fullmatch(rb"[^\n\r]+\n", line)
    assert readable([line])[1] == []


def test_what_is_kept_is_what_was_understood(store):
    """A key twice, an escaped letter: other parsers take them otherwise."""
    text = json.dumps(beacon(event(target="#a", repeat_count=2))).replace(
        '"target": "#a"', '"target": "#b", "target": "#\\u0061"'
    )
    store.insert([line_of(decode(text.encode()))])
    rows = store.client.query("SELECT target, repeat_count, first_party FROM snag_experience.friction_events")
    assert rows.first_row == ("#a", 2, True)


def test_a_line_that_the_store_cannot_read_is_given_back_and_the_others_are_kept(store):
    lines = [line_of(decode(body())).strip() for _ in range(3)]
    strange = [
        b'{"type":"beacon"',
        lines[0].replace(b'"received_ts"', b'"recieved_ts"'),
        b'{"received_ts":1,"beacon":{}}',
    ]
    assert store.insert([lines[0], strange[0], lines[1], *strange[1:], lines[2]]) == strange
    assert store.client.query("SELECT count() FROM snag_experience.friction_events").first_row == (3,)


def test_the_example_of_the_docs_is_a_beacon_and_the_schema_knows_every_kind(root):
    page = (root / "docs/wire-format.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```json\n(.*?)```", page, re.DOTALL)
    assert decode(example.encode()).events[0].target_name == "Pay"
    schema = json.loads((root / "docs/beacon.schema.json").read_text(encoding="utf-8"))
    listed = {d["properties"]["kind"]["enum"][0] for d in schema["$defs"].values() if "kind" in d.get("properties", {})}
    assert listed == set(KINDS)
