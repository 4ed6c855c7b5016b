"""What many tests share: one embedded engine for the whole run, emptied before each test that uses it."""

import json
import os
import time
import uuid
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from collector.store import Store

NOW = 1_795_260_000_000
"""2026-11-21 11:20:00 UTC, in ms."""

_TABLES = (
    "SELECT DISTINCT database, table FROM system.parts "
    "WHERE active AND database LIKE 'snag%' AND table != 'schema_migrations'"
    " AND engine LIKE '%MergeTree'"
)


QUICK_S, BUSY_S = 5.0, 15.0
"""A test that takes longer needs the mark `long`: on a quiet machine, and on one whose cores are all taken, as they are
where the suite runs in parallel, and in proportion where others keep it busier than that."""

PARTS = {"agent": "browser", "helm": "helm", "alerts": "helm", "images": "helm"}
"""Folders whose tests need more than Python: `./dev check` leaves them out."""


settings.register_profile("quick", max_examples=50, deadline=None)
settings.register_profile("long", max_examples=500, deadline=None)


def pytest_configure(config: pytest.Config) -> None:
    """Try few inputs in the quick suite, many in the long one."""
    settings.load_profile("quick" if "not long" in config.getoption("markexpr") else "long")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs a browser, Helm, a store or a collector of its own."""
    for item in items:
        marks = {mark for folder, mark in PARTS.items() if folder in item.path.parts}
        fixtures = set(getattr(item, "fixturenames", ()))
        if {"browser", "page", "go"} & fixtures:
            marks.add("browser")
        if {"dsn", "collector"} & fixtures:
            marks.add("stored")
        if any(name in vars(getattr(item, "module", item)) for name in ("running", "served", "Collector")):
            marks.add("served")
        for mark in marks:
            item.add_marker(mark)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, None, None]:
    """Fail what is slow and not marked so: a suite that is slow is not run."""
    began = time.monotonic()
    yield
    took = time.monotonic() - began
    load = os.getloadavg()[0] / (os.cpu_count() or 1)
    limit = QUICK_S if load < 0.5 else BUSY_S * max(1.0, load / 2)
    if took > limit and not item.get_closest_marker("long"):
        pytest.fail(f"took {took:.1f} s of {limit:.0f}; a slow test needs the mark `long`")


@pytest.fixture(scope="session")
def dsn(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The one embedded store that a process may have, or the ClickHouse server that SNAG_TEST_DSN names."""
    if given := os.environ.get("SNAG_TEST_DSN"):
        return given
    return f"chdb://{tmp_path_factory.mktemp('engine') / 'store'}"


@pytest.fixture(scope="session")
def _opened(dsn: str) -> Iterator[Store]:
    store = Store.open(dsn)
    store.migrate()
    yield store
    store.close()


@pytest.fixture
def store(_opened: Store) -> Store:
    """A real, migrated, empty store."""
    return emptied(_opened)


def emptied(opened: Store) -> Store:
    """The store without its rows."""
    for database, table in opened.client.query(_TABLES).result_rows:
        opened.client.command(f"TRUNCATE TABLE {database}.{table}")
    return opened


def event(kind: str = "rage_click", **fields: Any) -> dict[str, Any]:
    """An event as the agent sends it."""
    return {"kind": kind, "event_id": str(uuid.uuid4()), "client_ts": NOW, "page_group": "/pay", **fields}


def beacon(*events: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """A beacon as the agent sends it."""
    return {
        "beacon_id": str(uuid.uuid4()),
        "app": "shop",
        "session_id": str(uuid.uuid4()),
        "sent_ts": NOW,
        "events": list(events or [event()]),
        **fields,
    }


def body(*events: dict[str, Any], **fields: Any) -> bytes:
    """A beacon as bytes."""
    return json.dumps(beacon(*events, **fields)).encode()


def wait_for(condition: Callable[[], Any], seconds: float = 30.0) -> Any:
    """What `condition` gives once it is true; fails after `seconds`."""
    end = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)
    return found


@pytest.fixture(scope="session")
def root() -> Path:
    """The checkout."""
    return Path(__file__).parent.parent
