"""Personal data is planted at every door of a running collector; then every table, file and log is searched for it."""

import base64
import functools
import gzip
import hashlib
import hmac
import json
import time
import urllib.error
import urllib.request
import uuid

import pytest

from tests.conftest import beacon, event, wait_for
from tests.server.test_serve import Collector

NAME, STREET = "Annelise Quarrington", "Bramblewick Lane"
PLANTED = (
    NAME, STREET, "annelise.q@example.org", "+49 151 98765432", "DE89 3704 0044 0532 0130 00", "4111 1111 1111 1111",
    "203.0.113.77", "2001:db8:dead:beef::77", "tok_live_9f8e7d6c5b4a39281706", "my secret diary entry", "REQUESTER-0815",
)  # fmt: skip
EVERYTHING = " ; ".join(PLANTED)
FREE = (
    EVERYTHING.replace(NAME, "").replace(STREET, "").replace("my secret diary entry", "").replace("REQUESTER-0815", "")
)
"""What a redacted subject may have come from: names and stories have no pattern, and subjects are off by default."""

SOURCES = """
[desk]
tokens = ["env:DESK_TOKEN"]

[wordy]
tokens = ["env:DESK_TOKEN"]
subjects = true

[zendesk]
kind = "zendesk"
secrets = ["env:ZENDESK_SECRET"]
"""
SECRETS = {
    "DESK_TOKEN": "a-token-of-some-length-7c1d",
    "ZENDESK_SECRET": "zendesk-secret-of-some-length-91b2",
}


@pytest.fixture(scope="module")
def collector(tmp_path_factory):
    folder = tmp_path_factory.mktemp("planted")
    (folder / "sources.toml").write_text(SOURCES)
    found = Collector(folder, SNAG_SOURCES_FILE=str(folder / "sources.toml"), SNAG_LOG_LEVEL="DEBUG", **SECRETS)
    yield found
    found.process.terminate()
    found.process.wait(30)


def send(url, body, **headers):
    body = body if isinstance(body, bytes) else json.dumps(body).encode()
    try:
        with urllib.request.urlopen(urllib.request.Request(url, body, headers)) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        error.read()
        return error.code


def by_beacon(collector):
    now = int(time.time() * 1000)
    seen = {
        "X-Forwarded-For": "203.0.113.77, 2001:db8:dead:beef::77",
        "User-Agent": f"Mozilla/5.0 {NAME}",
        "Referer": f"https://shop.test/?who={PLANTED[2]}",
        "Cookie": f"id={PLANTED[8]}",
        "Content-Type": "application/json",
    }
    mail = PLANTED[2]
    good = event(
        "page_error",
        client_ts=now,
        page_group=f"/users/{mail}",
        error_message=f"no such user {mail}",
        target_name=mail,
        error_place=f"https://shop.test/app.js?user={mail}",
        route=f"shop.test/reset?token={PLANTED[8]}",
    )
    url = f"{collector.url}/v1/beacons"
    whole = json.dumps(beacon(good, sent_ts=now)).encode()
    assert send(url, whole, **seen) == 204
    packed = {**seen, "Content-Encoding": "gzip"}
    again = json.dumps(beacon({**good, "event_id": str(uuid.uuid4())}, sent_ts=now)).encode()
    assert send(url, gzip.compress(again), **packed) == 204
    refused = [
        beacon({**good, "comment": EVERYTHING}, sent_ts=now),
        beacon({**good, "kind": EVERYTHING}, sent_ts=now),
        {EVERYTHING: EVERYTHING},
        [EVERYTHING],
        beacon({**good, "page_group": [EVERYTHING]}, sent_ts=now),
        beacon(good, sent_ts=now, app=EVERYTHING),
        beacon({**good, "event_id": EVERYTHING}, sent_ts=now),
    ]
    for body in refused:
        assert send(url, body, **seen) == 400
    assert send(url, whole[:-30], **seen) == 400
    assert send(f"{url}?app={PLANTED[8]}%20{NAME.replace(' ', '%20')}", beacon(good, app=""), **seen) == 400


def contact(**more):
    return {
        "source_contact_id": uuid.uuid4().hex[:12],
        "created_ts": "2026-11-20T10:00:00Z",
        "channel": "phone",
        "requester_id": "REQUESTER-0815",
        "subject": EVERYTHING,
        **more,
    }


def taken(url, body, headers):
    return send(url, body, **headers) in (200, 202)


def by_contract(collector):
    token = {"Authorization": f"Bearer {SECRETS['DESK_TOKEN']}", "Content-Type": "application/json"}
    for source, subject in (("desk", EVERYTHING), ("wordy", FREE)):
        url = f"{collector.private}/v1/contacts/{source}"
        bad = [
            {"channel": EVERYTHING},
            {"created_ts": EVERYTHING},
            {"name": NAME, "email": PLANTED[2]},
            {"session_ref": EVERYTHING},
            {"subject": {"text": subject}},
        ]
        ready = functools.partial(taken, url, contact(subject=subject), token)
        wait_for(ready, 60)  # until the store is there, whom to forget is not known, and nothing is taken
        for body in ([contact(**{"subject": subject, **more}) for more in bad], [EVERYTHING], EVERYTHING):
            for one in body if isinstance(body, list) else [body]:
                send(url, one, **token)
        send(url, json.dumps(contact(subject=subject)).encode()[:-9], **token)
        send(url, contact(subject=subject), Authorization=f"Bearer {PLANTED[8]}")
    survey = {
        "source_response_id": "r1",
        "metric": "csat",
        "score": 5,
        "scale_min": 1,
        "scale_max": 5,
        "answered_ts": "2026-11-20T10:00:00Z",
        "requester_id": "REQUESTER-0815",
    }
    url = f"{collector.private}/v1/surveys/desk"
    assert send(url, survey, **token) in (200, 202)
    for body in (
        {**survey, "comment": EVERYTHING},
        {**survey, "score": EVERYTHING},
        {**survey, "metric": EVERYTHING},
    ):
        send(url, body, **token)


def by_webhook(collector):
    def signed(body):
        stamp = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        digest = hmac.digest(SECRETS["ZENDESK_SECRET"].encode(), stamp.encode() + body, hashlib.sha256)
        return {
            "X-Zendesk-Webhook-Signature": base64.b64encode(digest).decode(),
            "X-Zendesk-Webhook-Signature-Timestamp": stamp,
            "Content-Type": "application/json",
        }

    detail = {
        "id": "35436",
        "subject": EVERYTHING,
        "description": EVERYTHING,
        "requester_id": "REQUESTER-0815",
        "created_at": "2026-11-20T10:00:00Z",
        "updated_at": "2026-11-20T10:05:00Z",
        "status": "OPEN",
        "via": {"channel": "email"},
        "custom_fields": [{"id": 1, "value": EVERYTHING}],
    }
    wrong = {"created_at": EVERYTHING}, {"via": {"channel": PLANTED[2]}}, {"status": {"name": EVERYTHING}}
    for more in ({}, *wrong, {"id": "35437", "tags": [PLANTED[2]]}):
        body = json.dumps(
            {
                "type": "zen:event-type:ticket.created",
                "id": uuid.uuid4().hex,
                "time": "2026-11-20T10:05:00Z",
                "detail": {**detail, **more},
                "event": {"comment": EVERYTHING},
            }
        ).encode()
        send(f"{collector.private}/v1/contacts/zendesk", body, **signed(body))


def by_import(collector):
    file = collector.folder / "outside" / "calls.csv"
    file.parent.mkdir(exist_ok=True)
    file.write_text(
        "source_contact_id,created_ts,channel,requester_id,subject,name,notes\n"
        f'1,2026-11-20T10:00:00Z,phone,REQUESTER-0815,"{EVERYTHING}","{NAME}","{EVERYTHING}"\n'
        f'2,"{EVERYTHING}",phone,REQUESTER-0815,x,"{NAME}",y\n'
        f'3,2026-11-20T10:00:00Z,"{EVERYTHING}",REQUESTER-0815,x,"{NAME}",y\n'
    )
    collector.snag("contacts", "import", str(file), "--source", "calls", code=1)
    file.unlink()


def found_in_files(folder):
    """Each planted text with the files that it stands in, also packed or in hexadecimal."""
    found = []
    for file in folder.rglob("*"):
        if file.is_file():
            content = file.read_bytes()
            spelled = {text: (text.encode(), text.encode().hex().encode()) for text in PLANTED}
            found += [(text, str(file)) for text, ways in spelled.items() if any(way in content for way in ways)]
    return found


@pytest.mark.long
def test_no_table_file_or_log_holds_what_was_planted_at_any_door(collector):
    for door in (by_beacon, by_contract, by_webhook, by_import):
        door(collector)
    counted = "SELECT count() FROM snag_experience.{}"

    def kept(table, least):
        return int(collector.snag("store", "query", counted.format(table)).split()[-1]) >= least

    for table, least in (("friction_events", 2), ("support_contacts", 4), ("survey_responses", 1)):
        wait_for(functools.partial(kept, table, least), 60)

    names = (
        "SELECT concat(database, '.', name) FROM system.tables WHERE database LIKE 'snag%' AND engine LIKE '%MergeTree'"
    )
    tables = [line for line in collector.snag("store", "query", names, "--csv").splitlines()[1:] if line]
    assert len(tables) > 20
    dump = {table: collector.snag("store", "query", f"SELECT * FROM {table}", "--json") for table in tables}
    held = [
        (text, table, name)
        for table, rows in dump.items()
        for row in map(json.loads, rows.splitlines())
        for name, value in row.items()
        for text in PLANTED
        if text in str(value)
    ]
    assert held == []
    assert [(text, "log") for text in PLANTED if text in collector.log.read_text()] == []
    assert found_in_files(collector.folder) == []
    assert SECRETS["DESK_TOKEN"] not in collector.log.read_text()


def test_what_was_planted_can_be_found_where_it_stands(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "b.log").write_text(f"... {NAME} ...")
    assert found_in_files(tmp_path) == [(NAME, str(tmp_path / "a" / "b.log"))]
