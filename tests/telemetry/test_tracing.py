"""Traces go out when the standard environment asks for them, and cost nothing when it does not."""

import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from collector.telemetry import start_tracing

ONE_SPAN = (
    "from collector.telemetry import start_tracing, tracer\n"
    "stop = start_tracing()\n"
    "with tracer.start_as_current_span('beacon'): pass\n"
    "stop()\n"
)


@pytest.mark.parametrize(
    "env",
    [
        {},
        {"OTEL_SERVICE_NAME": "x"},
        {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9", "OTEL_SDK_DISABLED": "true"},
        {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9", "OTEL_TRACES_EXPORTER": "none"},
    ],
)
def test_without_being_asked_nothing_is_traced(env, monkeypatch):
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk.trace", None)  # importing it would fail
    start_tracing(env)()


def test_with_an_endpoint_spans_arrive_there():
    got: list[tuple[str, bytes]] = []

    class Sink(BaseHTTPRequestHandler):
        def do_POST(self):
            got.append((self.path, self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *args):
            pass

    with HTTPServer(("127.0.0.1", 0), Sink) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        env = {"OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{server.server_port}", "PATH": ""}
        subprocess.run([sys.executable, "-c", ONE_SPAN], env=env, check=True, timeout=60)
        server.shutdown()
    assert [path for path, _ in got] == ["/v1/traces"]
    assert b"snagwatch-collector" in got[0][1]
    assert b"beacon" in got[0][1]
