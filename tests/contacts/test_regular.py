"""What a running collector does for the support side by itself: releases become annotations, sources are asked."""

import threading
import uuid
from datetime import UTC, datetime

import pytest

from collector.server.jobs import Pulls, all_jobs
from collector.settings import Settings
from tests.conftest import NOW, beacon, event
from tests.store.test_store import keep

HOUR_MS = 3_600_000


def views(store, release, at_ms, n=12, **more):
    for _ in range(n):
        view = event("page_view", client_ts=at_ms, event_id=str(uuid.uuid4()))
        keep(store, beacon(view, release=release, sent_ts=at_ms, **more), received_ts=at_ms)


def releases(store):
    rows = store.client.query(
        "SELECT app, title, start_ts FROM snag_experience.annotations FINAL WHERE kind = 'release' ORDER BY start_ts"
    ).result_rows
    return [(app, title, at.replace(tzinfo=UTC)) for app, title, at in rows]


def chore(name, **settings):
    found = {one.name: one for one in all_jobs(Settings(**settings), lambda: NOW / 1000 + 60)}
    return found[name]


@pytest.mark.long
def test_a_release_that_visitors_have_is_annotated_once_from_when_they_had_it(store):
    views(store, "v1", NOW - 30 * HOUR_MS)
    views(store, "v2", NOW - 5 * HOUR_MS)
    views(store, "v2", NOW - 4 * HOUR_MS)
    views(store, "tried-by-one", NOW - 3 * HOUR_MS, n=1)
    views(store, "v3-of-a-runner", NOW - 2 * HOUR_MS, traffic_source="synthetic")
    for _ in range(2):
        chore("releases").run(store, threading.Event())
    assert releases(store) == [("shop", "v2", datetime.fromtimestamp((NOW - 5 * HOUR_MS) / 1000, UTC))]


def test_without_a_sources_file_nobody_is_asked(tmp_path, monkeypatch):
    assert "pulls" not in [one.name for one in all_jobs(Settings())]
    monkeypatch.setenv("CRM_TOKEN", "a-secret-of-the-crm")
    file = tmp_path / "sources.toml"
    file.write_text('[crm]\nkind = "zendesk"\n[crm.pull]\nurl = "http://127.0.0.1:9"\ntoken = "env:CRM_TOKEN"\n')
    settings = Settings(data_dir=str(tmp_path), sources_file=str(file))
    assert isinstance(Pulls(settings, lambda: 0.0), Pulls)
    assert "pulls" in [one.name for one in all_jobs(settings)]
