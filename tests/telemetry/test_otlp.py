"""Traces, logs and events go out when the standard environment asks for them, cost nothing when not, and lose no beacon."""

import json
import subprocess
import sys
import time
import urllib.request
import uuid

import pytest

from collector.telemetry import start_export
from tests.conftest import beacon, event, wait_for
from tests.server.test_serve import running
from tests.telemetry.receiver import plain, receiving

QUICK = {"OTEL_BSP_SCHEDULE_DELAY": "100", "OTEL_BLRP_SCHEDULE_DELAY": "100"}


@pytest.mark.parametrize(
    "env",
    [
        {},
        {"OTEL_SERVICE_NAME": "x"},
        {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9", "OTEL_SDK_DISABLED": "true"},
        {
            "OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9",
            "OTEL_TRACES_EXPORTER": "none",
            "OTEL_LOGS_EXPORTER": "none",
        },
    ],
)
def test_without_being_asked_nothing_is_sent_nor_loaded(env, monkeypatch):
    for module in ("trace", "_logs"):
        monkeypatch.setitem(sys.modules, f"opentelemetry.sdk.{module}", None)  # importing it would fail
    export = start_export(env=env)
    assert export.outward is None
    export.stop()


def now_beacon(*kinds: str, **fields) -> dict:
    now = int(time.time() * 1000)
    events = [event(kind, client_ts=now) for kind in kinds]
    return beacon(*events, sent_ts=now, **fields)


def post(url: str, found: dict, **headers: str) -> int:
    request = urllib.request.Request(f"{url}/v1/beacons", json.dumps(found).encode(), headers)
    with urllib.request.urlopen(request, timeout=10) as answer:
        return answer.status


def kept(collector, table: str) -> int:
    return collector.count(table)


@pytest.mark.long
def test_a_beacon_is_followed_from_its_request_to_the_store(tmp_path):
    with (
        receiving() as receiver,
        running(tmp_path, OTEL_EXPORTER_OTLP_ENDPOINT=receiver.url, **QUICK) as collector,
    ):
        parent = "0af7651916cd43dd8448eb211c80319c"
        assert post(collector.url, now_beacon("rage_click"), traceparent=f"00-{parent}-b7ad6b7169203331-01") == 204

        def named(name: str) -> list:
            return [span for span in receiver.spans if span.name == name]

        wait_for(lambda: named("beacon") and any(span.links for span in named("ship")), 30)
        (one,) = named("beacon")
        (spool,) = named("spool")
        ship = next(span for span in named("ship") if span.links)
        insert = next(span for span in named("insert") if span.parent_span_id == ship.span_id)
        assert one.trace_id.hex() == parent
        assert plain(one.attributes) == {"snag.app": "shop", "snag.events": 1}
        assert spool.parent_span_id == one.span_id
        assert [(link.trace_id, link.span_id) for link in ship.links] == [(one.trace_id, one.span_id)]
        assert ship.trace_id != one.trace_id
        assert (
            one.start_time_unix_nano
            <= spool.start_time_unix_nano
            <= one.end_time_unix_nano
            <= insert.end_time_unix_nano
        )
        assert kept(collector, "snag_experience.friction_events") == 1
        request = urllib.request.Request(
            f"{collector.private}/metrics", headers={"Accept": "application/openmetrics-text"}
        )
        with urllib.request.urlopen(request, timeout=10) as answer:
            lags = [line for line in answer.read().decode().splitlines() if "ingest_lag_seconds_bucket" in line]
        assert any(f'# {{trace_id="{parent}"}}' in line for line in lags)
        assert plain(receiver.traces[0].resource_spans[0].resource.attributes)["service.name"] == "snagwatch-collector"


def test_events_and_log_lines_arrive_as_records(tmp_path):
    with (
        receiving() as receiver,
        running(tmp_path, OTEL_EXPORTER_OTLP_ENDPOINT=receiver.url, **QUICK) as collector,
    ):
        session = str(uuid.uuid4())
        found = now_beacon("rage_click", "page_view", session_id=session, release="7")
        found["events"][0] |= {"target": "main > button", "target_name": "Pay", "repeat_count": 4}
        post(collector.url, found)
        wait_for(lambda: {"snag.rage_click", "snag.page_view"} <= {one.event_name for one in receiver.records}, 30)
        rage = next(one for one in receiver.records if one.event_name == "snag.rage_click")
        known = plain(rage.attributes)
        assert known["session.id"] == session
        assert (known["app.widget.name"], known["url.template"], known["snag.repeat_count"]) == (
            "Pay",
            "/pay",
            4,
        )
        assert (known["service.version"], known["snag.app"]) == ("7", "shop")
        assert rage.time_unix_nano == found["events"][0]["client_ts"] * 1_000_000
        bodies = [one.body.string_value for one in receiver.records]
        assert any("accepts beacons at" in body for body in bodies)


@pytest.mark.long
def test_sampling_is_that_of_the_standard_environment(tmp_path):
    with (
        receiving() as receiver,
        running(
            tmp_path, OTEL_EXPORTER_OTLP_ENDPOINT=receiver.url, OTEL_TRACES_SAMPLER="always_off", **QUICK
        ) as collector,
    ):
        post(collector.url, now_beacon("rage_click"))
        wait_for(lambda: any(one.event_name == "snag.rage_click" for one in receiver.records), 30)
        wait_for(lambda: kept(collector, "snag_experience.friction_events") == 1, 30)
        assert receiver.spans == []


@pytest.mark.long
@pytest.mark.parametrize("trouble", ["away", "refuses", "hangs"])
def test_a_receiver_in_trouble_costs_no_beacon_and_no_time_and_is_counted(tmp_path, trouble):
    with receiving() as receiver:
        receiver.status = 503 if trouble == "refuses" else 200
        receiver.wait_s = 60 if trouble == "hangs" else 0
        url = "http://127.0.0.1:9" if trouble == "away" else receiver.url
        with running(
            tmp_path,
            OTEL_EXPORTER_OTLP_ENDPOINT=url,
            OTEL_EXPORTER_OTLP_TIMEOUT="1",
            SNAG_DRAIN_S="10",
            **QUICK,
        ) as collector:
            for _ in range(30):
                assert post(collector.url, now_beacon("rage_click", "page_view")) == 204
            wait_for(lambda: kept(collector, "snag_experience.friction_events") == 30, 30)

            def dropped() -> bool:
                with urllib.request.urlopen(f"{collector.private}/metrics", timeout=10) as answer:
                    return b"snag_telemetry_dropped_total{" in answer.read()

            wait_for(dropped, 60)


MANY = """
from collector.telemetry import Counts, start_export, tracer
import time
counts = Counts()
export = start_export(counts)
began = time.perf_counter()
for _ in range(6000):
    tracer.start_span("one").end()
took = time.perf_counter() - began
dropped = sum(counts.counted["snag_telemetry_dropped"].values())
began = time.perf_counter()
export.stop()
print(dropped, took, time.perf_counter() - began)
"""


@pytest.mark.long
def test_what_waits_is_bounded_and_the_end_does_not_wait_for_ever():
    with receiving() as receiver:
        receiver.wait_s = 60
        env = {"OTEL_EXPORTER_OTLP_ENDPOINT": receiver.url, "PATH": ""}
        done = subprocess.run([sys.executable, "-c", MANY], env=env, capture_output=True, text=True, timeout=120)
        dropped, _, ended_s = map(float, done.stdout.split())
    assert dropped >= 6000 - 2 * 2048
    assert ended_s < 20
