"""One client, two DSNs: opens the store, and says what is wrong when it cannot be opened."""

from __future__ import annotations

import fcntl
import os
import re
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import clickhouse_connect
from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import ClickHouseError

from collector.store.embedded import MACHINE, Limits, configure

SETTINGS = {
    "max_partitions_per_insert_block": 0,  # visitors with wrong clocks may send any month; see written.to_sql
    "session_timezone": "UTC",
    "distributed_foreground_insert": 1,  # on a cluster: an insert is done when the shards have it, not when it is queued
}

WAIT_S = 10


class StoreUnreachable(Exception):
    """The store cannot be opened; says which, why, and what to look at. Never holds a password."""


class StoreInUse(StoreUnreachable):
    """An embedded store belongs to another process."""


def connect(dsn: str, limits: Limits = MACHINE) -> Client:
    """Open the store that `dsn` names. The embedded engine is made when its folder is empty.

    `limits` say how much of the machine an embedded engine may take; the first to open it in a process decides.

    The embedded engine allows one process, and in it one path at a time; every call gives a handle of its own,
    to be used by one thread at a time.

    Raises StoreUnreachable, StoreInUse.
    """
    try:
        parts = urlsplit(dsn)
        port = parts.port or (8443 if parts.scheme == "clickhouses" else 8123)
    except ValueError as error:
        raise StoreUnreachable(f"SNAG_DSN is not an address: {error}; expected clickhouse://user@host:8123/") from None
    if parts.scheme == "chdb":
        return _embedded(dsn, parts.path, limits)
    if parts.scheme not in ("clickhouse", "clickhouses"):
        raise StoreUnreachable(f"SNAG_DSN is '{redacted(dsn)}'; expected chdb:///path or clickhouse://user@host:8123/")
    if not parts.hostname:
        raise StoreUnreachable(f"SNAG_DSN is '{redacted(dsn)}', without a host; expected clickhouse://user@host:8123/")
    return server(
        redacted(dsn),
        host=parts.hostname,
        port=port,
        username=parts.username or "default",
        password=parts.password or "",
        secure=parts.scheme == "clickhouses",
    )


def server(name: str, **where: Any) -> Client:
    """A client over HTTP. `name` is what errors call it."""
    # The driver logs and raises the same error, and its text holds the whole request.
    try:
        return clickhouse_connect.get_client(
            **where,
            connect_timeout=WAIT_S,
            query_retries=0,
            autogenerate_session_id=False,
            compress=False,
            settings=SETTINGS,
        )
    except ClickHouseError as error:
        raise StoreUnreachable(
            f"the store {name} cannot be reached: {_short(error)}; is it up, and is SNAG_DSN right?"
        ) from None


def cluster_of(dsn: str) -> str:
    """The cluster that a DSN names; empty: one server.

    >>> cluster_of("clickhouse://snag@db:8123/?cluster=main")
    'main'
    """
    name = parse_qs(urlsplit(dsn).query).get("cluster", [""])[-1]
    if name and not re.fullmatch(r"[\w.-]+", name):
        raise StoreUnreachable(f"SNAG_DSN names the cluster {name!r}; a name has letters, digits, _, . and -")
    return name


def redacted(dsn: str) -> str:
    """The DSN without its password.

    >>> redacted("clickhouse://snag:secret@db:8123/")
    'clickhouse://snag:***@db:8123/'
    """
    parts = urlsplit(dsn)
    return dsn.replace(f":{parts.password}@", ":***@") if parts.password else dsn


def owner_pid(folder: Path) -> int | None:
    """The process that has the embedded store in `folder` open, if one has; 0 if it cannot be told."""
    status = folder / "status"
    if not status.exists():
        return None
    with status.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            words = file.readline().split()
            return int(words[1]) if len(words) > 1 and words[1].isdigit() else 0
    return None


def _embedded(dsn: str, path: str, limits: Limits) -> Client:
    if not path.strip("/") or urlsplit(dsn).netloc:
        raise StoreUnreachable(f"SNAG_DSN is '{dsn}'; an embedded store needs a folder: chdb:///path/to/folder")
    folder = Path(path)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise StoreUnreachable(f"the store's folder {folder} cannot be made: {error.strerror}") from None
    pid = owner_pid(folder)
    if pid is not None and pid != os.getpid():
        raise StoreInUse(f"the store {folder} is in use by process {pid}; stop it, or set SNAG_DSN to another folder")
    try:
        config = configure(folder, limits)
        return clickhouse_connect.get_client(
            interface="chdb", path=path, settings=SETTINGS, chdb_options={"config-file": str(config)}
        )
    except OSError as error:
        raise StoreUnreachable(f"{error.filename} cannot be written: {error.strerror}") from None
    except ImportError:
        raise StoreUnreachable(
            "the embedded store needs chDB, which is not installed: pip install 'snagwatch[embedded]'"
        ) from None
    except ClickHouseError as error:
        raise StoreUnreachable(f"the store {folder} cannot be opened: {_short(error)}") from None


def _short(error: Exception) -> str:
    text = str(error)
    for sign, meaning in (
        ("Connection refused", "connection refused"),
        ("Name or service not known", "its name is unknown"),
        ("Temporary failure in name resolution", "its name is unknown"),
        ("timed out", f"no answer within {WAIT_S} s"),
        ("AUTHENTICATION_FAILED", "it refused the user or the password"),
    ):
        if sign in text:
            return meaning
    return text.splitlines()[0][:300]
