"""Whatever comes instead of a beacon: it is refused in words, or what can be read of it is taken. Nothing else."""

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest

from collector.events import Edge
from collector.intake.decode import BadBeacon, decode, queued
from collector.intake.foreign import faro, otlp
from tests.intake.foreign.test_faro import AT, META, NOW

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(10**30), 10**30)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=30)
    | st.sampled_from([AT, "0001-01-01T00:00:00+14:00", "1e999", "web-vitals", "fetch"])
)
NAMES = st.sampled_from(
    [
        "name",
        "timestamp",
        "attributes",
        "type",
        "value",
        "values",
        "stacktrace",
        "frames",
        "filename",
        "lcp",
        "cls",
        "action",
        "toUrl",
        "duration",
        "responseStatus",
        "initiatorType",
        "key",
        "stringValue",
        "intValue",
        "doubleValue",
        "kvlistValue",
        "resource",
        "scopeLogs",
        "logRecords",
        "body",
        "eventName",
        "timeUnixNano",
    ]
)
ANYTHING = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=6),
    max_leaves=25,
)
KNOWN = st.sampled_from(
    [
        "faro.performance.navigation",
        "faro.performance.resource",
        "faro.navigation",
        "contact_opened",
        "securitypolicyviolation",
    ]
)
EVENT = st.fixed_dictionaries(
    {"name": KNOWN, "timestamp": st.just(AT) | SCALARS}, optional={"attributes": ANYTHING, "action": ANYTHING}
)


def taken(read, body: bytes, kind: str) -> None:
    try:
        found = read(body, kind, "", NOW)
    except BadBeacon:
        return
    for beacon in found.beacons:
        line = queued(beacon, Edge(received_ts=NOW, skew_ms=0))
        assert json.loads(line, parse_constant=lambda name: pytest.fail(name))["app"]
        assert b"null" not in line.replace(b'"null', b"")


@given(ANYTHING, st.lists(EVENT | ANYTHING, max_size=5), ANYTHING)
def test_anything_as_faro(meta, events, others):
    body = {
        "meta": META | ({"page": meta} if meta else {}),
        "events": events,
        "exceptions": others,
        "measurements": [others],
    }
    taken(faro.read, json.dumps(body).encode(), "application/json")


@given(ANYTHING)
def test_anything_as_otlp(found):
    taken(otlp.read, json.dumps({"resourceLogs": found}).encode(), "application/json")


@given(st.binary(max_size=200))
def test_any_bytes_as_protobuf(body):
    taken(otlp.read, body, otlp.PROTOBUF)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, -1.0])
def test_a_number_that_is_none_stays_out(value):
    request = ExportLogsServiceRequest()
    resource = request.resource_logs.add()
    pair = resource.resource.attributes.add()
    pair.key, pair.value.string_value = "service.name", "shop"
    record = resource.scope_logs.add().log_records.add()
    record.event_name, record.time_unix_nano = "browser.web_vital", NOW * 1_000_000
    for key, text in (("session.id", "s"), ("name", "LCP")):
        pair = record.attributes.add()
        pair.key, pair.value.string_value = key, text
    pair = record.attributes.add()
    pair.key, pair.value.double_value = "value", value
    found = otlp.read(request.SerializeToString(), otlp.PROTOBUF, "", NOW)
    assert (found.beacons, found.left_out) == ([], {"bad_field": 1})


def test_our_own_door_takes_no_such_number_either():
    with pytest.raises(BadBeacon):
        decode(b'{"events":[{"kind":"web_vital","value":NaN}]}')
