"""The log: readable on a terminal, JSON where machines read it, and nobody's data in it."""

import json
import logging
import sys

import pytest
from opentelemetry.trace import NonRecordingSpan, SpanContext, TraceFlags, use_span

from collector.logs import Json, is_json
from collector.settings import BadSetting, load
from tests.server.test_serve import running


def line(message: str, *args: object, error: BaseException | None = None) -> dict:
    info = (type(error), error, error.__traceback__) if error else None
    record = logging.LogRecord("collector.server.serve", logging.WARNING, __file__, 1, message, args, info)
    text = Json().format(record)
    assert "\n" not in text
    return json.loads(text)


def test_a_line_says_when_how_grave_who_and_what():
    found = line("took %s\nlines", 5)
    assert found.keys() == {"time", "level", "logger", "message"}
    assert (found["level"], found["logger"], found["message"]) == (
        "WARNING",
        "collector.server.serve",
        "took 5\nlines",
    )
    assert found["time"].endswith("+00:00")


def test_a_line_within_a_span_names_its_trace():
    context = SpanContext(
        0x0AF7651916CD43DD8448EB211C80319C, 0xB7AD6B7169203331, is_remote=False, trace_flags=TraceFlags(1)
    )
    with use_span(NonRecordingSpan(context)):
        found = line("x")
    assert found["trace_id"] == "0af7651916cd43dd8448eb211c80319c"
    assert found["span_id"] == "b7ad6b7169203331"


def test_an_exception_is_told_by_its_type_and_place_and_not_by_its_words():
    try:
        raise ValueError("ann@example.org typed 4111 1111 1111 1111")
    except ValueError as error:
        found = line("a beacon could not be taken", error=error)
    assert found["error"] == "ValueError"
    assert found["stack"][0].startswith(__file__)
    assert "ann@" not in json.dumps(found)


@pytest.mark.parametrize(
    ("wanted", "env", "terminal", "so"),
    [
        ("", {}, False, False),
        ("", {"KUBERNETES_SERVICE_HOST": "10.0.0.1"}, False, True),
        ("", {"KUBERNETES_SERVICE_HOST": "10.0.0.1"}, True, False),
        ("text", {"KUBERNETES_SERVICE_HOST": "10.0.0.1"}, False, False),
        ("json", {}, True, True),
    ],
)
def test_json_is_for_machines(monkeypatch, wanted, env, terminal, so):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: terminal, raising=False)
    assert is_json(wanted, env) == so


def test_another_format_is_said_to_be_none():
    with pytest.raises(BadSetting, match="SNAG_LOG_FORMAT: 'yaml' is not a valid format; expected text or json"):
        load(env={"SNAG_LOG_FORMAT": "yaml"})


@pytest.mark.long
def test_every_line_of_a_collector_is_json_also_those_of_its_workers(tmp_path):
    with running(tmp_path, SNAG_LOG_FORMAT="json", SNAG_WORKERS="2") as collector:
        collector.process.terminate()
        collector.process.wait(30)
        lines = [json.loads(line) for line in collector.log.read_text().splitlines()]
    assert any("accepts beacons at" in one["message"] for one in lines)
