"""What comes over HTTP: believed or refused, on disk before the answer, set aside and tried again, without people."""

import base64
import gzip
import hmac
import io
import json
import os
import zlib
from datetime import UTC, datetime

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from standardwebhooks.webhooks import Webhook

from collector.contacts.setup import helpdesk
from collector.contacts.webhook import MAX_BYTES, MAX_WIRE_BYTES, add_contact_routes
from collector.intake.client_info import Visitors
from collector.server.store_sink import StoreSink
from collector.settings import BadSetting, Settings, networks
from collector.spool import Full, Spool, SpoolFailed
from collector.spool.quarantine import replay
from collector.spool.shipper import Shipper
from collector.telemetry import Counts
from tests.contacts.test_signatures import zendesk

SECRET = "whsec_bmV3IHNlY3JldCBvZiAyNCBieXRlcyEh"  # made up here
NOW = 1_795_348_800.0
SOURCES = """
[desk]
secrets = ["env:DESK_SECRET", "env:DESK_OLD"]
subjects = true

[crm]
kind = "zendesk"
secrets = ["env:DESK_SECRET"]

[annotations]
tokens = ["env:DESK_TOKEN"]

[fenced]
tokens = ["env:DESK_TOKEN"]
allow = ["198.51.100.0/24"]
"""
CONTACT = {"source_contact_id": "C1", "created_ts": "2026-11-21T12:00:00+01:00", "channel": "phone"}


class Place:
    """A door with a real queue behind it, and the store behind that."""

    def __init__(self, folder, dsn, sources=SOURCES):
        self.folder = folder
        self.now = NOW
        self.file = folder / "sources.toml"
        self.file.write_text(sources)
        self.settings = Settings(data_dir=str(folder), dsn=dsn, sources_file=str(self.file))
        self.counts = Counts()
        self.full = None
        self.dsn = dsn

    async def put(self, line):
        if self.full:
            raise self.full
        await self.spool.put(line)

    async def __aenter__(self):
        self.desk = helpdesk(self.settings, lambda: self.now)
        self.spool = Spool(self.settings.spool_path / "worker-contacts", max_bytes=2**24)
        app = web.Application()
        clients = Visitors(networks("127.0.0.1", "the proxy of these tests"))
        more = {"clients": clients, "clock": lambda: self.now}
        add_contact_routes(app, self.desk.sources, self.desk.people, self.put, self.counts, **more)
        server = TestServer(app)
        await server.start_server(auto_decompress=False)  # as serve.py does
        self.client = TestClient(server)
        return self

    async def __aexit__(self, *error):
        await self.client.close()
        await self.spool.close()

    async def ship(self):
        queue = self.settings.spool_path
        sink = StoreSink(self.dsn, self.counts, again=self.desk.again)
        await Shipper(
            lambda: [queue, queue / "worker-contacts"],
            sink,
            quarantine=queue / "quarantine",
            roll=self.spool.roll,
        ).ship()
        sink.close()

    async def post(self, path, body, headers=None, **more):
        body = body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = signed(body, self.now) if headers is None else headers
        answer = await self.client.post(path, data=io.BytesIO(body), headers=headers, **more)
        return answer.status, await answer.json()


def signed(body, now=NOW, delivery=None):
    delivery = delivery or os.urandom(8).hex()
    stamp = datetime.fromtimestamp(now, UTC)
    try:
        signature = Webhook(SECRET).sign(delivery, stamp, body.decode())
    except UnicodeDecodeError:  # the package signs texts alone
        key = base64.b64decode(SECRET.removeprefix("whsec_"))
        content = f"{delivery}.{int(now)}.".encode() + body
        signature = "v1," + base64.b64encode(hmac.digest(key, content, "sha256")).decode()
    return {"webhook-id": delivery, "webhook-timestamp": str(int(now)), "webhook-signature": signature}


@pytest.fixture
async def place(tmp_path, dsn, store, monkeypatch):
    monkeypatch.setenv("DESK_SECRET", SECRET)
    monkeypatch.setenv("DESK_OLD", "whsec_b2xkIHNlY3JldCBvZiAyNCBieXRlcyEh")
    monkeypatch.setenv("DESK_TOKEN", "a-token-of-some-length")
    async with Place(tmp_path, dsn) as opened:
        yield opened


async def test_a_contact_is_in_the_store_with_its_requester_as_a_key_and_its_subject_redacted(place, store):
    person = {"requester_id": "jane@example.org", "name": "Jane Doe", "subject": "Call me: +49 151 2345678"}
    status, answer = await place.post("/v1/contacts/desk", CONTACT | person)
    assert (status, answer) == (202, {"kept": {"contact": 1}})
    on_disk = b"".join(file.read_bytes() for file in place.settings.spool_path.rglob("*.open"))
    assert b'"C1"' in on_disk
    await place.ship()
    (kept,) = store.contacts("desk", ["C1"])
    assert kept.created_ts == datetime(2026, 11, 21, 11, tzinfo=UTC)
    assert store.watermarks() == {"desk": kept.created_ts}
    assert len(kept.requester_key) == 32
    assert kept.subject_redacted == "Call me: [phone]"
    for secret in (b"jane", b"Jane", b"2345678"):
        assert secret not in on_disk


async def test_a_list_and_lines_of_json_are_taken_together(place, store):
    many = [CONTACT | {"source_contact_id": f"C{i}"} for i in range(3)]
    assert (await place.post("/v1/contacts/desk", {"contacts": many}))[1] == {"kept": {"contact": 3}}
    body = b"\n".join(json.dumps(one | {"source_contact_id": f"L{i}"}).encode() for i, one in enumerate(many))
    headers = signed(body) | {"Content-Type": "application/x-ndjson"}
    assert (await place.post("/v1/contacts/desk", body, headers))[1] == {"kept": {"contact": 3}}
    queued = b"".join(file.read_bytes() for file in place.settings.spool_path.rglob("*.open")).splitlines()
    assert len(queued) == 6, "each in a line of its own: erasing one takes no other with it"
    await place.ship()
    assert len(store.contact_versions("desk")) == 6


async def test_events_make_a_contact(place, store):
    def event(kind, minute, **more):
        return {
            "source_contact_id": "C1",
            "event_id": f"{kind}-{minute}",
            "kind": kind,
            "event_ts": f"2026-11-21T12:{minute:02d}:00Z",
        } | more

    await place.post("/v1/contacts/desk", event("resolved", 30, actor="agent"))
    await place.ship()
    created = event("created", 0, actor="customer", fields={"channel": "chat"})
    await place.post("/v1/contacts/desk", [event("replied", 10, actor="agent"), created])
    await place.ship()
    (kept,) = store.contacts("desk", ["C1"])
    assert (kept.channel, kept.first_reply_s, kept.status, kept.agent_replies) == ("chat", 600, "solved", 1)


@pytest.mark.parametrize(
    ("change", "status", "reason", "message"),
    [
        ({"created_ts": "2026-11-21 12:00"}, 400, "bad_record", "contacts[0]: '2026-11-21 12:00' has no time zone"),
        ({"channel": {"id": 5}}, 400, "bad_record", "contacts[0]: channel is an object; expected text"),
        ({"queue": "x" * 1_000_000}, 400, "bad_record", "contacts[0]: queue has 1000000 characters; expected"),
        ({"kind": "exploded", "event_id": "1"}, 400, "bad_record", "kind is 'exploded'; known are snapshot, created"),
        ({"source_contact_id": None}, 400, "bad_record", "source_contact_id is empty"),
        ({"reopens": -1}, 400, "bad_record", "reopens is -1; expected a whole number from 0 to 65535"),
        ({"created_ts": True}, 400, "bad_record", "created_ts is true or false; expected a time"),
        ({"created_ts": 1e300}, 400, "bad_record", "1e+300 is not a valid time"),
    ],
)  # fmt: skip
async def test_of_our_own_contract_a_bad_record_refuses_the_delivery_and_says_where(
    place, store, change, status, reason, message
):
    got, answer = await place.post("/v1/contacts/desk", [CONTACT | change, CONTACT | {"source_contact_id": "C2"}])
    assert (got, answer["error"]) == (status, reason)
    assert message in answer["message"]
    assert answer["message"].endswith("Nothing was kept")
    assert place.counts.get("snag_contacts_refused", reason) == 1
    await place.ship()
    assert store.contact_versions("desk") == {}


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b'{"source_contact_id": "C1", "crea', "not_json"),
        (b"", "not_json"),
        (b"[" * 100_000, "not_json"),
        (json.dumps(CONTACT | {"queue": "Zahlung ä"}, ensure_ascii=False).encode("latin-1"), "encoding"),
        (b'{"source_contact_id":"\\ud800","created_ts":1,"channel":"phone"}', "not_json"),
        (b"[1, 2]", "unreadable"),
        (b'"text"', "unreadable"),
    ],
)
async def test_what_is_no_json_of_ours_is_refused_and_counted(place, body, reason):
    status, answer = await place.post("/v1/contacts/desk", body, signed(body))
    assert (status, answer["error"]) == (400, reason)
    assert place.counts.get("snag_contacts_refused", reason) == 1


async def test_a_wrong_signature_a_replay_window_and_an_unknown_source_are_told_apart(place):
    body = json.dumps(CONTACT).encode()
    for headers, path, status, reason in (
        ({}, "desk", 401, "no_signature"),
        (signed(body) | {"webhook-id": "other"}, "desk", 401, "signature"),
        (signed(body, NOW - 301), "desk", 401, "timestamp"),
        (signed(body, NOW + 301), "desk", 401, "timestamp"),
        (signed(body), "nobody", 404, "unknown_source"),
        ({"X-Snag-Token": "a-token-of-some-length"}, "fenced", 403, "address"),
    ):
        got, answer = await place.post(f"/v1/contacts/{path}", body, headers)
        assert (got, answer["error"]) == (status, reason)
    assert sum(place.counts.counted["snag_contacts_received"].values()) == 0


async def test_a_delivery_that_comes_twice_is_kept_once(place):
    body = json.dumps(CONTACT).encode()
    headers = signed(body, delivery="msg_7")
    assert (await place.post("/v1/contacts/desk", body, headers))[0] == 202
    assert await place.post("/v1/contacts/desk", body, headers) == (200, {"duplicate": True})
    assert place.counts.get("snag_contacts_rows", "contact") == 1


async def test_what_could_not_be_written_is_not_answered_2xx_and_may_come_again(place):
    body = json.dumps(CONTACT).encode()
    headers = signed(body, delivery="msg_8")
    for error, reason in ((Full("full"), "spool_full"), (SpoolFailed("disk"), "spool_failed")):
        place.full = error
        answer = await place.client.post("/v1/contacts/desk", data=body, headers=headers)
        assert (answer.status, (await answer.json())["error"]) == (503, reason)
        assert int(answer.headers["Retry-After"]) > 0
    place.full = None
    assert (await place.post("/v1/contacts/desk", body, headers))[0] == 202


async def test_a_bomb_is_refused_before_it_is_unpacked(place):
    bomb = gzip.compress(b" " * (50 * MAX_BYTES))
    assert len(bomb) < MAX_WIRE_BYTES
    status, answer = await place.post("/v1/contacts/desk", bomb, {"Content-Encoding": "gzip"})
    assert (status, answer["error"]) == (413, "too_large")
    status, answer = await place.post("/v1/contacts/desk", b"x" * (MAX_WIRE_BYTES + 1), {})
    assert (status, answer["error"]) == (413, "too_large")


async def test_a_packed_body_is_signed_as_it_was_before(place):
    body = json.dumps(CONTACT).encode()
    for encoding, packed in (("gzip", gzip.compress(body)), ("deflate", zlib.compress(body))):
        status, _ = await place.post("/v1/contacts/desk", packed, signed(body) | {"Content-Encoding": encoding})
        assert status == 202
    status, answer = await place.post("/v1/contacts/desk", b"no gzip", signed(b"") | {"Content-Encoding": "gzip"})
    assert (status, answer["error"]) == (415, "encoding")


async def test_an_annotation_may_lie_ahead_and_is_the_same_when_it_is_sent_again(place, store):
    body = {
        "kind": "campaign",
        "title": "Black Friday",
        "start_ts": "2026-11-27T00:00Z",
        "end_ts": "2026-11-28T00:00Z",
    }
    headers = {"Authorization": "Bearer a-token-of-some-length"}
    for app in ("shop", "shop", "blog"):
        assert (await place.post("/v1/annotations", body | {"app": app}, headers))[0] in (200, 202)
    await place.ship()
    rows = store.client.query("SELECT app, title FROM snag_experience.annotations FINAL ORDER BY app").result_rows
    assert rows == [("blog", "Black Friday"), ("shop", "Black Friday")]
    status, answer = await place.post("/v1/annotations", body | {"end_ts": "2026-11-26T00:00Z"}, headers)
    assert (status, answer["error"]) == (400, "bad_record")


async def test_an_answer_of_a_survey_is_kept_with_its_scale(place, store):
    body = {
        "source_response_id": "r1",
        "metric": "nps",
        "score": 0,
        "answered_ts": "2026-11-21T12:00Z",
        "survey_type": "relational",
        "question_version": "v2",
        "touchpoint": "checkout",
    }
    assert (await place.post("/v1/surveys/desk", body))[0] == 202
    bad = body | {"source_response_id": "r2", "scale_min": 1, "scale_max": 10}
    status, answer = await place.post("/v1/surveys/desk", bad)
    assert status == 400
    assert "NPS is asked from 0 to 10, not from 1 to 10" in answer["message"]
    await place.ship()
    rows = store.client.query("SELECT score, scale_min, scale_max, touchpoint FROM snag_experience.survey_responses")
    assert rows.result_rows == [(0, 0, 10, "checkout")]


async def test_who_asked_to_be_forgotten_does_not_come_back(place, store):
    keys = place.desk.people._keys.every("desk", "jane@example.org")
    store.client.insert("snag_experience.erasure_suppressions", [[key] for key in keys], column_names=["subject_key"])
    both = [
        CONTACT | {"requester_id": "JANE@example.org"},
        CONTACT | {"source_contact_id": "C2", "requester_id": "joe"},
    ]
    assert (await place.post("/v1/contacts/desk", both))[1] == {"kept": {"contact": 1}}
    await place.ship()
    assert store.contact_versions("desk").keys() == {"C2"}
    assert place.counts.get("snag_contacts_suppressed") == 1


async def test_secrets_are_never_in_the_file_and_one_that_is_missing_is_said_at_the_start(tmp_path, dsn):
    file = tmp_path / "sources.toml"
    settings = Settings(data_dir=str(tmp_path), dsn=dsn, sources_file=str(file))
    for text, message in (
        ('[a]\nsecrets = ["whsec_abc"]', "a secret cannot stand in the file itself"),
        ('[a]\nsecrets = ["env:NOT_THERE"]', "env:NOT_THERE is empty or too short"),
        ("[a]", "has no secrets, no tokens and no pull: nothing could come from it"),
        ('[a]\nkind = "zendsk"\ntokens = ["env:HOME"]', "kind is 'zendsk'; known are plain"),
        ("[a]\nscrets = []", "unknown field screts"),
        ('[a]\ntokens = ["env:T"]\n[a.fields]\nchanel = "x"', "chanel is not a field; known are source_contact_id"),
    ):
        file.write_text(text)
        with pytest.raises(BadSetting) as error:
            helpdesk(settings)
        assert message in str(error.value)
        assert "whsec_abc" not in str(error.value)


ZENDESK = {
    "type": "zen:event-type:ticket.comment_added", "account_id": 12514403, "id": "2b24ef10-19d4-4740-93cf-8f98ec4776c0",
    "time": "2026-11-21T11:30:00Z", "zendesk_event_version": "2022-11-06", "subject": "zen:ticket:5158",
    "detail": {"id": "5158", "created_at": "2026-11-21T11:00:00Z", "updated_at": "2026-11-21T11:30:00Z", "status": "OPEN",
               "priority": "HIGH", "requester_id": "8447388090494", "submitter_id": "8447388090494", "subject": "Jane Doe",
               "description": "My name is Jane Doe", "tags": ["billing"], "via": {"channel": "web"}, "group_id": "77"},
    "event": {"comment": {"id": "1", "is_public": True, "body": "Hi Jane", "author": {"id": "9", "is_staff": True}}},
}  # fmt: skip


async def test_a_vendor_that_changes_a_type_loses_nothing_and_is_read_again_once_it_is_understood(place, store):
    """The channel is an object of a sudden; a mapping mends it, and what was set aside comes in."""
    changed = ZENDESK | {"detail": ZENDESK["detail"] | {"group_id": {"id": 77, "mail": "jane@example.org"}}}
    body = json.dumps(changed).encode()
    status, answer = await place.post("/v1/contacts/crm", body, zendesk(SECRET, body, NOW))
    assert status == 202
    assert answer["set_aside"][0]["message"] == "queue is an object; expected text"
    assert place.counts.get("snag_contacts_set_aside", "type") == 1
    await place.ship()
    assert store.contact_versions("crm") == {}
    aside = b"".join(file.read_bytes() for file in (place.settings.spool_path / "quarantine").glob("*"))
    assert b'"5158"' in aside
    for secret in (b"Jane", b"jane@", b"8447388090494"):
        assert secret not in aside
    queue = place.settings.spool_path
    assert replay(queue) == 1
    await place.ship()
    assert store.contact_versions("crm") == {}, "it still cannot be read, and is set aside again"
    place.file.write_text(SOURCES + '[crm.values.queue]\n"*" = "tier 1"\n')
    place.desk = helpdesk(place.settings, lambda: NOW)
    replay(queue)
    await place.ship()
    (kept,) = store.contacts("crm", ["5158"])
    assert (kept.channel, kept.agent_replies, len(kept.requester_key)) == ("web_form", 1, 32)
    assert list((queue / "quarantine").glob("*")) == []


async def test_a_vendor_s_delivery_is_read_with_what_happened_in_it(place, store):
    body = json.dumps(ZENDESK).encode()
    assert (await place.post("/v1/contacts/crm", body, zendesk(SECRET, body, NOW)))[1] == {
        "kept": {"contact": 1, "event": 1}
    }
    await place.ship()
    (kept,) = store.contacts("crm", ["5158"])
    assert (kept.status, kept.priority, kept.first_reply_s, kept.created_by) == (
        "open",
        "high",
        1800,
        "customer",
    )
    assert kept.subject_redacted == ""


async def test_json_is_json_whatever_curl_calls_it(place, store):
    body = json.dumps(CONTACT).encode()
    headers = signed(body) | {"Content-Type": "application/x-www-form-urlencoded"}
    assert await place.post("/v1/contacts/desk", body, headers) == (202, {"kept": {"contact": 1}})


async def test_a_vendor_that_looks_first_is_answered(place):
    answers = [await place.client.head(f"/v1/contacts/{name}") for name in ("desk", "nobody")]
    assert [answer.status for answer in answers] == [200, 404]


async def test_the_sender_behind_a_trusted_proxy_is_the_one_that_must_be_allowed(place):
    body = json.dumps(CONTACT).encode()
    for forwarded, status in (("198.51.100.9", 202), ("203.0.113.9", 403), ("198.51.100.9, 203.0.113.9", 403)):
        headers = {"Authorization": "Bearer a-token-of-some-length", "X-Forwarded-For": forwarded}
        assert (await place.post("/v1/contacts/fenced", body, headers))[0] == status
