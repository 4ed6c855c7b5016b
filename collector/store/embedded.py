"""The embedded engine's own configuration: what it may reach, and how much of the machine it may take.

The engine is started with a configuration and a users file of ours, written beside the store. Its one user then has
no grant on files, addresses or other servers, whoever asks; without them any SQL reader could read any file of the
host. (What the grants leave open, `fence` closes for readers.)
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit
from xml.sax.saxutils import escape

CGROUP = (Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"))

LEAST_MEMORY = 512 * 2**20
"""Below it the engine cannot merge what a busy hour brings; the engine alone takes 300 MB."""

GRANTS = (
    "GRANT SELECT, INSERT, ALTER, CREATE DATABASE, CREATE TABLE, CREATE VIEW, CREATE TEMPORARY TABLE, DROP, "
    "UNDROP TABLE, TRUNCATE, OPTIMIZE, CHECK, SHOW, KILL QUERY ON *.*",
    "GRANT TABLE ENGINE ON MergeTree, TABLE ENGINE ON ReplacingMergeTree, TABLE ENGINE ON AggregatingMergeTree, "
    "TABLE ENGINE ON SummingMergeTree, TABLE ENGINE ON Memory",
    "GRANT SYSTEM SYNC FILE CACHE, SYSTEM MERGES, SYSTEM TTL MERGES ON *.*",
)
"""Everything that a database needs, and no source: not FILE, URL, S3, REMOTE, nor any other."""


class Limits(NamedTuple):
    """How much the engine may take. 0: found out from the machine."""

    memory_bytes: int = 0
    threads: int = 0
    temporary_bytes: int = 4 * 2**30
    """Disk for sorts and joins that do not fit into memory; beyond it a query fails instead of filling the disk."""


MACHINE = Limits()
"""All of it by what the machine has."""


def available_memory() -> int:
    """Bytes that this process may use: the container's limit, or what the machine has."""
    machine = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    for file in CGROUP:
        try:
            text = file.read_text(encoding="ascii").strip()
        except OSError:
            continue
        if text.isdigit():
            return min(machine, int(text))
    return machine


def available_threads() -> int:
    """Cores that this process may run on."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def configure(store: Path, limits: Limits = MACHINE) -> Path:
    """Write the engine's files beside the store; returns the configuration's path, which is absolute.

    Half of the memory is the engine's, at least LEAST_MEMORY: the rest is for the collector and the system's cache.
    One query may take half of that. Raises OSError.
    """
    memory = limits.memory_bytes or max(LEAST_MEMORY, available_memory() // 2)
    threads = limits.threads or available_threads()
    folder = store.absolute().with_name(store.name + ".engine")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    users, config = folder / "users.xml", folder / "config.xml"
    _write(users, _users(memory // 2, threads))
    _write(config, _config(users, memory, threads, limits.temporary_bytes))
    return config


class StoreFull(Exception):
    """The disk of an embedded store is almost full; what was to go in waits in the queue."""


def ensure_room(dsn: str, min_free_bytes: int) -> None:
    """Raises StoreFull while an embedded store's disk has less free: merges and deletions need room themselves."""
    parts = urlsplit(dsn)
    if parts.scheme != "chdb":
        return
    folder = Path(parts.path)
    free = shutil.disk_usage(folder if folder.exists() else folder.parent).free
    if free < min_free_bytes:
        raise StoreFull(
            f"the disk of the store {folder} has {free // 2**20} MB free, less than SNAG_STORE_MIN_FREE_MB "
            f"({min_free_bytes // 2**20}); beacons wait in the queue until there is room"
        )


def _config(users: Path, memory: int, threads: int, temporary: int) -> str:
    return f"""<clickhouse>
  <logger><level>none</level></logger>
  <users_config>{escape(str(users))}</users_config>
  <max_server_memory_usage>{memory}</max_server_memory_usage>
  <mark_cache_size>{memory // 16}</mark_cache_size>
  <background_pool_size>{max(2, min(threads, 8))}</background_pool_size>
  <max_temporary_data_on_disk_size>{temporary}</max_temporary_data_on_disk_size>
</clickhouse>
"""


def _users(memory: int, threads: int) -> str:
    grants = "".join(f"<query>{grant}</query>" for grant in GRANTS)
    return f"""<clickhouse>
  <profiles><default>
    <max_memory_usage>{memory}</max_memory_usage>
    <max_bytes_before_external_group_by>{memory // 2}</max_bytes_before_external_group_by>
    <max_bytes_before_external_sort>{memory // 2}</max_bytes_before_external_sort>
    <max_threads>{threads}</max_threads>
    <constraints>
      <max_memory_usage><min>1</min><max>{memory}</max></max_memory_usage>
    </constraints>
  </default></profiles>
  <quotas><default></default></quotas>
  <users><default>
    <password></password>
    <networks><ip>::/0</ip></networks>
    <profile>default</profile>
    <quota>default</quota>
    <grants>{grants}</grants>
  </default></users>
</clickhouse>
"""


def _write(path: Path, text: str) -> None:
    """Whole or not at all: two commands may start at once."""
    fresh = path.with_suffix(f".{os.getpid()}")
    fresh.write_text(text, encoding="utf-8")
    fresh.replace(path)
