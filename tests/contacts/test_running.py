"""A collector as a process: a contact that was answered 2xx survives kill -9, and is in the store once."""

import json
import os
import signal
import urllib.request
from datetime import UTC, datetime

import pytest
from standardwebhooks.webhooks import Webhook

from tests.server.test_serve import running

SECRET = "whsec_bmV3IHNlY3JldCBvZiAyNCBieXRlcyEh"


def post(url: str, number: int) -> int:
    body = json.dumps({"source_contact_id": f"C{number}", "created_ts": 1_790_000_000, "channel": "phone"})
    now = datetime.now(UTC)
    headers = {
        "webhook-id": f"m{number}",
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(SECRET).sign(f"m{number}", now, body),
        "Content-Type": "application/json",
    }
    request = urllib.request.Request(f"{url}/v1/contacts/desk", data=body.encode(), headers=headers, method="POST")
    with urllib.request.urlopen(request, timeout=20) as answer:
        return answer.status


@pytest.mark.long
def test_what_was_answered_survives_a_kill_and_is_there_once(tmp_path):
    (tmp_path / "sources.toml").write_text('[desk]\nsecrets = ["env:DESK_SECRET"]\n')
    given = {"SNAG_SOURCES_FILE": str(tmp_path / "sources.toml"), "DESK_SECRET": SECRET}
    with running(tmp_path, **given) as collector:
        assert [post(collector.private, number) for number in range(30)] == [202] * 30
        os.kill(collector.process.pid, signal.SIGKILL)
        collector.process.wait(30)
        collector.start()
        assert [post(collector.private, number) for number in range(25, 35)] == [202] * 10
        collector.process.terminate()
        collector.process.wait(60)
        out = collector.snag(
            "store", "query", "--json", "SELECT count() AS n FROM snag_experience.support_contacts FINAL"
        )
    assert json.loads(out)["n"] == 35
