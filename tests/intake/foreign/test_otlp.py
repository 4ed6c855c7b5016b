"""Browser events in OpenTelemetry's logs, as JSON and as protobuf, in our vocabulary."""

import json

import msgspec
import pytest
from google.protobuf.json_format import ParseDict
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest

from collector.events import kind_of
from collector.intake.decode import BadBeacon
from collector.intake.foreign.otlp import PROTOBUF, read

NOW = 1_795_260_000_000
JSON = "application/json"


def value(plain):
    if isinstance(plain, bool):
        return {"boolValue": plain}
    if isinstance(plain, int):
        return {"intValue": str(plain)}
    if isinstance(plain, float):
        return {"doubleValue": plain}
    if isinstance(plain, dict):
        return {"kvlistValue": {"values": pairs(plain)}}
    return {"stringValue": plain}


def pairs(plain):
    return [{"key": key, "value": value(one)} for key, one in plain.items()]


def record(name, attributes=None, body=None, session="s-1", at_ms=NOW - 5000):
    known = ({"session.id": session} if session else {}) | (attributes or {})
    said = {"timeUnixNano": str(at_ms * 1_000_000), "eventName": name, "attributes": pairs(known)}
    return said | ({"body": value(body)} if body else {})


def request(*records, resource=None):
    known = {"service.name": "shop", "service.version": "7", "deployment.environment.name": "prod"}
    attributes = pairs(known if resource is None else resource)
    return {"resourceLogs": [{"resource": {"attributes": attributes}, "scopeLogs": [{"logRecords": list(records)}]}]}


def both(said):
    """The same request read from JSON and from protobuf."""
    packed = ParseDict(said, ExportLogsServiceRequest()).SerializeToString()
    return read(json.dumps(said).encode(), JSON, "", NOW), read(packed, PROTOBUF, "", NOW)


def told(*records):
    one, other = both(request(*records))
    events = [[event for beacon in found.beacons for event in beacon.events] for found in (one, other)]
    plain = [[msgspec.to_builtins(event) | {"event_id": ""} for event in found] for found in events]
    assert plain[0] == plain[1]
    assert one.left_out == other.left_out
    return events[0], one.left_out


URL = {"browser.document.url.full": "https://shop.test/cart/4711?q=secret"}


def test_a_visit_keeps_its_site_release_and_environment():
    for found in both(request(record("browser.page_view", URL))):
        (beacon,) = found.beacons
        assert (beacon.app, beacon.release, beacon.env) == ("shop", "7", "prod")
        assert beacon.events[0].page_group == "/cart/:id"


@pytest.mark.parametrize(
    "said",
    [
        record("browser.web_vital", {"browser.web_vital.name": "lcp", "browser.web_vital.value": 60.5}),
        record("browser.web_vital", body={"name": "LCP", "value": 60.5}),
        record("", {"event.name": "browser.web_vital", "name": "lcp", "value": 60.5}),
    ],
)
def test_a_vital_is_read_where_it_stands_now_and_where_it_stood(said):
    ((one,), _) = told(said)
    assert (kind_of(one), one.metric, one.value) == ("web_vital", "LCP", 60.5)


def test_an_exception_is_a_page_error_without_what_people_typed():
    attributes = {"exception.type": "TypeError", "exception.message": "cannot read 'ann@x.org' of 42", **URL}
    ((one,), _) = told(record("exception", attributes))
    assert (one.error_type, one.error_message, one.page_group) == (
        "TypeError",
        "cannot read <email> of #",
        "/cart/:id",
    )


def test_a_hash_is_no_new_page_and_a_template_that_is_known_is_taken():
    found, left = told(
        record("browser.navigation", {"browser.navigation.hash_change": True, **URL}),
        record("browser.navigation", {"url.template": "/c/{id}", **URL}),
    )
    assert [one.page_group for one in found] == ["/c/{id}"]
    assert left == {"unjudged": 1}


def test_a_request_that_failed_is_friction_only_where_a_widget_made_it():
    timing = {
        "url.full": "https://shop.test/api/pay/17",
        "fetchStart": 10.0,
        "responseStart": 40.0,
        "responseEnd": 60.4,
        "initiatorType": "fetch",
        "http.response.status_code": 502,
    }
    found, _ = told(record("browser.resource_timing", timing))
    assert [(kind_of(one), one.duration_ms, one.ttfb_ms, one.status) for one in found] == [
        ("resource_timing", 50, 30, 502)
    ]
    found, _ = told(record("browser.resource_timing", timing | {"app.widget.id": "#pay", "app.widget.name": "Pay"}))
    assert [kind_of(one) for one in found] == ["resource_timing", "failed_action"]
    assert found[1].target_name == "Pay"


def test_what_is_no_event_of_a_browser_stays_out_and_is_counted():
    found, left = told(
        record("", {}),
        record("db.query"),
        record("browser.page_view", URL, session=""),
        record("browser.web_vital", {"name": "LCP", "value": "fast"}),
        record("contact_opened", at_ms=NOW - 90_000_000),
    )
    assert found == []
    assert left == {"unjudged": 2, "no_session": 1, "bad_field": 1, "event_time": 1}


def test_visits_in_one_batch_are_told_apart():
    one, _ = both(request(record("contact_opened", session="a"), record("contact_opened", session="b")))
    assert len({beacon.session_id for beacon in one.beacons}) == 2


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        (b"{", JSON), (b"[]", JSON), (b"{}", JSON), (b'{"resourceLogs": 5}', JSON), (b'{"resourceLogs": [5]}', JSON),
        (b'{"resourceLogs": [{"scopeLogs": [{"logRecords": [{"attributes": [1]}]}]}]}', JSON),
        (b"[" * 100_000, JSON), (b"\xff\xff\xff", PROTOBUF),
    ],
)  # fmt: skip
def test_what_is_no_otlp_is_refused(raw, kind):
    with pytest.raises(BadBeacon):
        read(raw, kind, "", NOW)


def test_a_deep_value_is_not_followed():
    deep = {"stringValue": "x"}
    for _ in range(150):
        deep = {"kvlistValue": {"values": [{"key": "k", "value": deep}]}}
    said = record("contact_opened")
    said["attributes"].append({"key": "deep", "value": deep})
    raw = json.dumps(request(said)).encode()
    assert len(read(raw, JSON, "", NOW).beacons) == 1
