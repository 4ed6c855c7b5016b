"""An embedded engine takes its share of the machine, and leaves room on its disk."""

import pytest

from collector.server.store_sink import StoreSink
from collector.spool import Spool
from collector.store import embedded
from collector.store.embedded import Limits, StoreFull, available_memory, configure, ensure_room
from collector.telemetry import Counts
from tests.conftest import beacon, event
from tests.store.test_store import count, keep


def test_half_of_the_containers_memory_is_the_engines(tmp_path, monkeypatch):
    limit = tmp_path / "memory.max"
    limit.write_text("4294967296\n")
    monkeypatch.setattr(embedded, "CGROUP", (limit,))
    assert available_memory() == 4 * 2**30
    assert f"<max_server_memory_usage>{2 * 2**30}<" in configure(tmp_path / "store").read_text()
    limit.write_text("max\n")
    assert available_memory() > 2**30


def test_limits_can_be_set_and_the_files_are_the_owners_alone(tmp_path):
    config = configure(tmp_path / "store", Limits(memory_bytes=700 * 2**20, threads=2))
    assert f"<max_server_memory_usage>{700 * 2**20}<" in config.read_text()
    assert "<max_threads>2<" in config.with_name("users.xml").read_text()
    assert config.parent.stat().st_mode & 0o077 == 0


def test_the_engine_runs_within_these_limits(store):
    rows = store.client.query(
        "SELECT value FROM system.server_settings WHERE name = 'max_server_memory_usage'"
    ).result_rows
    assert 0 < int(rows[0][0]) <= max(embedded.LEAST_MEMORY, available_memory() // 2)


def test_a_full_disk_is_said_and_nothing_is_taken_until_there_is_room(store, dsn, monkeypatch):
    sink = StoreSink(dsn, Counts(), min_free_bytes=2**60)
    with pytest.raises(StoreFull, match=r"MB free, less than SNAG_STORE_MIN_FREE_MB .* wait in the queue"):
        sink.insert([b"anything"])
    assert count(store, "snag_experience.page_views") == 0
    sink.close()
    ensure_room(dsn, 1)
    ensure_room("clickhouse://elsewhere/", 2**60)
    keep(store, beacon(event("page_view")))
    assert count(store, "snag_experience.page_views") == 1


async def test_a_queue_without_room_on_its_disk_is_full_also_while_it_holds_little(tmp_path):
    roomy = Spool(tmp_path / "a", max_bytes=10**6)
    crowded = Spool(tmp_path / "b", max_bytes=10**6, min_free_bytes=2**60)
    assert (roomy.full, crowded.full) == (False, True)
    await roomy.close()
    await crowded.close()
