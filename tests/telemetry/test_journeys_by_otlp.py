"""`snag journeys run` against a real OTLP receiver: a trace for the run, its steps within, and the site's requests join."""

import os
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

from tests.telemetry.receiver import plain, receiving

JOURNEY = """
from synthetic import journey, step

@journey("front", every="5m", timeout="60s")
async def front(page):
    async with step("open"):
        await page.goto("{url}/")
"""


def test_a_run_is_a_trace_that_the_site_s_own_requests_join(tmp_path):
    carried: list[str] = []

    class Site(BaseHTTPRequestHandler):
        def do_GET(self):
            carried.append(self.headers.get("traceparent", ""))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"<title>Shop</title><h1>Shop</h1>")

        def log_message(self, *args):
            pass

    with HTTPServer(("127.0.0.1", 0), Site) as site, receiving() as receiver:
        threading.Thread(target=site.serve_forever, daemon=True).start()
        (tmp_path / "front.py").write_text(JOURNEY.format(url=f"http://127.0.0.1:{site.server_port}"))
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("SNAG_", "OTEL_")) or k == "SNAG_CHROMIUM"}
        done = subprocess.run(
            [sys.executable, "-m", "collector", "journeys", "run", str(tmp_path)],
            env={**kept, "OTEL_EXPORTER_OTLP_ENDPOINT": receiver.url},
            capture_output=True,
            text=True,
            timeout=120,
        )
        site.shutdown()
        assert done.returncode == 0, done.stdout + done.stderr
        by_name = {span.name: span for span in receiver.spans}
        run, opened = by_name["journey front"], by_name["step open"]
        assert opened.parent_span_id == run.span_id
        assert plain(run.attributes)["user_agent.synthetic.type"] == "test"
        assert plain(receiver.traces[0].resource_spans[0].resource.attributes)["service.name"] == "snagwatch-journeys"
        assert carried[0].startswith(f"00-{run.trace_id.hex()}-{opened.span_id.hex()}-")
